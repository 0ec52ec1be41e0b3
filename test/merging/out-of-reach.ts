/** A tenant that goes back from where it came leaves the tags that it was given there. */
export function withoutTagsOutOfReach(state: Map<string, string>) {
  const rowOf = (text: string) => Object.fromEntries(JSON.parse(text)) as Record<string, number>
  const parentOf = (id: number) => rowOf(state.get(`tenant ${id}`)!)['parent_id']
  const isReached = ({ tenant_id, tag_tenant_id }: Record<string, number>) => {
    for (let at: number | undefined = tenant_id; at; at = parentOf(at))
      if (at === tag_tenant_id) return true
    return false
  }
  const isKept = ([name, text]: [string, string]) =>
    !/^(person|computer|tenant)_tag /.test(name) || isReached(rowOf(text))
  return new Map([...state].filter(isKept))
}
