import { readAsset } from './assets.ts'

/** The Lucide icons that the pages use, by name. A test compares the list with the templates. */
export const icons = [
  'activity',
  'arrow-up-left',
  'ban',
  'bell',
  'briefcase',
  'building-2',
  'calendar-clock',
  'check',
  'chevron-down',
  'chevron-right',
  'circle-alert',
  'clock',
  'download',
  'factory',
  'fingerprint-pattern',
  'git-merge',
  'history',
  'key-round',
  'laptop',
  'layers',
  'list-tree',
  'lock',
  'lock-open',
  'log-out',
  'map-pin',
  'menu',
  'monitor',
  'moon',
  'network',
  'pencil',
  'plus',
  'rotate-ccw',
  'search',
  'server',
  'settings',
  'shield',
  'shield-off',
  'smartphone',
  'split',
  'sun',
  'tag',
  'trash-2',
  'upload',
  'user',
  'users',
  'x',
] as const

/** One SVG file with a symbol for each icon. */
export function iconSprite() {
  const symbols = icons.map((name) => {
    const svg = readAsset(`node_modules/lucide-static/icons/${name}.svg`)
    const shapes = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes.replace(/\s+/g, ' ').trim()}</symbol>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`
}
