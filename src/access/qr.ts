import { encode } from 'uqr'

/** A QR code as the path of an SVG drawing of `size` × `size` modules. */
export type QrCode = { size: number; path: string }

/** Each row of modules is drawn as its runs of dark ones. */
export function drawQrCode(text: string): QrCode {
  const { size, data } = encode(text, { border: 4 })
  const path = data
    .map((row, y) =>
      runsOf(row)
        .map(({ start, length }) => `M${start} ${y}h${length}v1h-${length}z`)
        .join(''),
    )
    .join('')
  return { size, path }
}

function runsOf(row: boolean[]) {
  const runs: { start: number; length: number }[] = []
  row.forEach((dark, x) => {
    if (!dark) return
    if (row[x - 1]) runs.at(-1)!.length++
    else runs.push({ start: x, length: 1 })
  })
  return runs
}
