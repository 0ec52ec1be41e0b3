import type { UndoRule } from '../audit/undo-rule.ts'

export const tagUndo: UndoRule = {
  permissions: ['tag.manage'],
  leave: ({ require }, now) => require('tag.manage', now['tenant_id']),
  arrive: ({ require }, former) => require('tag.manage', former['tenant_id']),
}
