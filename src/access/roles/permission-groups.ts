import { type Permission, permissionWords, permissions } from '../permissions.ts'

type Area = Permission extends `${infer Noun}.${string}`
  ? Noun extends string
    ? Noun
    : never
  : never

/** Under which heading the permissions of a noun stand. */
const headings: Record<Area, string> = {
  tenant: 'Tenants',
  preference: 'Preferences',
  person: 'People',
  computer: 'Computers',
  computer_group: 'Computers',
  schedule: 'Schedules',
  user: 'People',
  access: 'Access',
  role: 'Access',
  tag: 'Everything else',
  history: 'Everything else',
  settings: 'Everything else',
}

export type PermissionGroup = {
  heading: string
  permissions: { name: Permission; words: string }[]
}

/** Every permission, in words, under headings. */
export const permissionGroups: PermissionGroup[] = [...new Set(Object.values(headings))].map(
  (heading) => ({
    heading,
    permissions: permissions
      .filter((name) => headings[name.split('.')[0] as Area] === heading)
      .map((name) => ({ name, words: permissionWords[name] })),
  }),
)
