import type { NavLink } from '../web/page.ts'
import type { Actor } from './actor.ts'
import { permits, permitsSomewhere } from './decide.ts'
import type { Permission } from './permissions.ts'

const ROOT_PATH = '/1/'

/** A page that can be reached from every other one, by the menu or by the search. */
type Page = Omit<NavLink, 'section'> & {
  /** What the layout of the page calls itself; pages without are not in the menu. */
  section?: string
  /** Where in the menu: at the top, or under "Show more". */
  menu?: 'top' | 'more'
  /** What it is about, for the search. */
  detail: string
  /** What the actor needs for it, and where. Without it, every user has it. */
  needs?: { permission: Permission; at: 'anywhere' | 'all_tenants' }
}

/** Every such page, in order. A feature with pages of its own adds them here, and nowhere else. */
const pages: Page[] = [
  {
    section: 'tenants',
    menu: 'top',
    href: '/tenants',
    icon: 'building-2',
    label: 'Tenants',
    detail: 'The tree of tenants',
    needs: { permission: 'tenant.view', at: 'anywhere' },
  },
  {
    href: '/tenants/new',
    icon: 'plus',
    label: 'New tenant',
    detail: '',
    needs: { permission: 'tenant.create', at: 'anywhere' },
  },
  {
    href: '/tenants/import',
    icon: 'upload',
    label: 'Import tenants',
    detail: 'From a CSV file',
    needs: { permission: 'tenant.import', at: 'anywhere' },
  },
  {
    section: 'computers',
    menu: 'top',
    href: '/computers',
    icon: 'monitor',
    label: 'Computers',
    detail: 'Every managed machine',
    needs: { permission: 'computer.view', at: 'anywhere' },
  },
  {
    section: 'schedules',
    menu: 'top',
    href: '/schedules',
    icon: 'calendar-clock',
    label: 'Schedules',
    detail: 'When maintenance happens',
    needs: { permission: 'schedule.view', at: 'anywhere' },
  },
  {
    href: '/schedules/new',
    icon: 'plus',
    label: 'New schedule',
    detail: '',
    needs: { permission: 'schedule.edit', at: 'anywhere' },
  },
  {
    href: '/computers/groups',
    icon: 'layers',
    label: 'Groups of computers',
    detail: 'Saved filters, to be used as targets',
    needs: { permission: 'computer.view', at: 'anywhere' },
  },
  {
    section: 'sessions',
    menu: 'more',
    href: '/sessions',
    icon: 'clock',
    label: 'Sessions',
    detail: 'What came of maintenance, computer by computer',
    needs: { permission: 'schedule.view', at: 'anywhere' },
  },
  {
    section: 'people',
    menu: 'more',
    href: '/people',
    icon: 'users',
    label: 'People',
    detail: 'Who works at the tenants, and the users among them',
    needs: { permission: 'person.view', at: 'anywhere' },
  },
  {
    href: '/people/new',
    icon: 'plus',
    label: 'New person',
    detail: '',
    needs: { permission: 'person.create', at: 'anywhere' },
  },
  {
    href: '/people/import',
    icon: 'upload',
    label: 'Import people',
    detail: 'From a CSV file',
    needs: { permission: 'person.import', at: 'anywhere' },
  },
  {
    section: 'tags',
    menu: 'more',
    href: '/tags',
    icon: 'tag',
    label: 'Tags',
    detail: 'What computers, people and tenants are marked with',
    needs: { permission: 'tag.manage', at: 'anywhere' },
  },
  {
    section: 'groups',
    menu: 'more',
    href: '/groups',
    icon: 'users',
    label: 'Groups',
    detail: 'People to whom roles are assigned together',
    needs: { permission: 'access.view', at: 'anywhere' },
  },
  {
    section: 'roles',
    menu: 'more',
    href: '/roles',
    icon: 'shield',
    label: 'Roles',
    detail: 'What somebody may do',
    needs: { permission: 'role.manage', at: 'all_tenants' },
  },
  {
    section: 'access_requests',
    menu: 'more',
    href: '/access-requests',
    icon: 'lock-open',
    label: 'Access requests',
    detail: 'Ask for access to a tenant, and answer',
  },
  {
    section: 'access_report',
    menu: 'more',
    href: '/access-report',
    icon: 'network',
    label: 'Access report',
    detail: 'Everybody with access to all tenants, or to the provider',
    needs: { permission: 'access.view', at: 'all_tenants' },
  },
  {
    section: 'single-sign-on',
    menu: 'more',
    href: '/single-sign-on',
    icon: 'key-round',
    label: 'Single sign-on',
    detail: 'Providers with whose accounts people sign in',
    needs: { permission: 'settings.manage', at: 'all_tenants' },
  },
  {
    section: 'all',
    menu: 'more',
    href: '/tenants/root/preferences',
    icon: 'layers',
    label: 'Defaults for all',
    detail: 'The preferences of All tenants',
    needs: { permission: 'preference.view', at: 'all_tenants' },
  },
  {
    section: 'history',
    menu: 'more',
    href: '/history',
    icon: 'history',
    label: 'History',
    detail: 'Every change',
    needs: { permission: 'history.view', at: 'anywhere' },
  },
  {
    section: 'jobs',
    menu: 'more',
    href: '/jobs',
    icon: 'activity',
    label: 'Jobs',
    detail: 'Your imports and batch actions',
  },
  {
    section: 'notifications',
    href: '/notifications',
    icon: 'bell',
    label: 'Notifications',
    detail: 'What you are told',
  },
  {
    section: 'account',
    href: '/account',
    icon: 'user',
    label: 'Account',
    detail: 'Password, sessions and tokens',
  },
]

/** The pages that the actor may open. */
export const pagesFor = ({ access }: Actor) =>
  pages.filter(({ needs }) => {
    if (!needs) return true
    const { permission, at } = needs
    return at === 'anywhere'
      ? permitsSomewhere(access, permission)
      : permits(access, permission, ROOT_PATH)
  })

/** The menu of the actor: the links at its top, and those under "Show more". */
export function menuFor(actor: Actor) {
  const of = (place: Page['menu']): NavLink[] =>
    pagesFor(actor)
      .filter(({ menu }) => menu === place)
      .map(({ section = '', href, icon, label }) => ({ section, href, icon, label }))
  return { top: of('top'), more: of('more') }
}
