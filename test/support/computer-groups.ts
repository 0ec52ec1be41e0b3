import type { World } from './world.ts'

/** Makes a group by the API; returns its id. */
export async function addGroup({ api }: World, tenant_id: number, filter: object, name = 'Group') {
  const answer = await api.post('/computer-groups', { name, tenant_id, filter })
  return answer.json().id as number
}

/** The names of all members, as the API lists them. */
export async function members({ api }: Pick<World, 'api'>, id: number): Promise<string[]> {
  const { computers } = (await api.get(`/computer-groups/${id}/computers`)).json()
  return computers.map(({ name }: { name: string }) => name)
}
