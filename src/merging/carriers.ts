/**
 * What carries tags, and the column that says what does. The tables are alike in what is read and
 * written of them here.
 */
export const carriers = [
  { table: 'person_tag', carrier: 'person_id' },
  { table: 'computer_tag', carrier: 'computer_id' },
  { table: 'tenant_tag', carrier: 'tenant_id' },
] as unknown as { table: 'person_tag'; carrier: 'person_id' }[]
