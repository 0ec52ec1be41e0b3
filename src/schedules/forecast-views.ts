import type { ComputerHead } from '../computers/head.ts'
import type { TenantHead } from '../tenants/head.ts'
import { view } from '../web/page.ts'
import type { CurrentSession } from '../maintenance/queries.ts'
import type { ComputerForecast, ComputerLine } from './computer-forecast.ts'
import type { Forecast } from './foretelling.ts'
import type { ScheduleHead } from './head.ts'

export const views = {
  schedule: view<{ head: ScheduleHead; forecast: Forecast }>('schedules/forecast'),
  draft: view<{ forecast: Forecast | null; problem: string }>('schedules/_draft-forecast'),
  tenant: view<{ head: TenantHead; forecast: Forecast }>('schedules/tenant-forecast'),
  computer: view<
    ComputerForecast & {
      head: ComputerHead
      next: ComputerLine | null
      current: CurrentSession | null
    }
  >('schedules/computer-forecast'),
}
