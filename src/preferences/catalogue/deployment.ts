import type { Preference } from '../catalogue.ts'
import { choice, whole } from './kinds.ts'

const group = 'Deployment defaults'

export const deploymentPreferences: readonly Preference[] = [
  {
    key: 'deployment.enforcement',
    group,
    label: 'Enforcement',
    help: 'When a new deployment is applied, unless it says otherwise.',
    ...choice({
      required: 'At every maintenance',
      onboarding: 'Only at onboarding',
      adhoc: 'Only when started by hand',
    }),
    factory: 'required',
  },
  {
    key: 'deployment.update_ring',
    group,
    label: 'Update ring',
    help: 'How soon after its release a new version reaches the computers.',
    ...choice({
      pilot: 'Pilot',
      early: 'Early',
      broad: 'Broad',
      late: 'Late',
    }),
    factory: 'broad',
  },
  {
    key: 'deployment.concurrency',
    group,
    label: 'Concurrency',
    help: 'How many computers of the tenant a deployment works on at once.',
    ...whole('computers', 1, 1000),
    factory: 20,
  },
  {
    key: 'deployment.approval_threshold',
    group,
    label: 'Approval threshold',
    help: 'A deployment that reaches more computers than this waits for approval.',
    ...whole('computers', 0, 100_000),
    factory: 10,
  },
  {
    key: 'deployment.retry_count',
    group,
    label: 'Retries',
    help: 'How often a failed deployment is tried again in the same session.',
    ...whole('retries', 0, 10),
    factory: 2,
  },
  {
    key: 'deployment.licence_expiry_notice_days',
    group,
    label: 'Licence expiry notice',
    help: 'How long before a licence expires its deployments are marked.',
    ...whole('days', 0, 365),
    factory: 30,
  },
]
