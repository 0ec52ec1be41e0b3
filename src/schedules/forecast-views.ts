import type { ComputerHead } from '../computers/head.ts'
import type { TenantHead } from '../tenants/head.ts'
import { view } from '../web/page.ts'
import type { ComputerLine } from './computer-forecast.ts'
import type { Forecast } from './forecast.ts'
import type { ScheduleHead } from './head.ts'

export const views = {
  schedule: view<{ head: ScheduleHead; forecast: Forecast }>('schedules/forecast'),
  draft: view<{ forecast: Forecast | null; problem: string }>('schedules/_draft-forecast'),
  tenant: view<{ head: TenantHead; forecast: Forecast }>('schedules/tenant-forecast'),
  computer: view<{ head: ComputerHead; lines: ComputerLine[]; next: ComputerLine | null }>(
    'schedules/computer-forecast',
  ),
}
