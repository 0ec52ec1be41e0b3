import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'
import type { Option } from '../assignments/views.ts'
import type { AnswerableRequest, OwnRequest } from './queries.ts'

export const views = {
  list: view<{ form: Form; own: OwnRequest[]; waiting: AnswerableRequest[] }>(
    'access/requests/list',
  ),
  answer: view<{
    request: AnswerableRequest
    form: Form
    denial: Form
    roles: Option[]
    lasting: Option[]
  }>('access/requests/answer'),
}
