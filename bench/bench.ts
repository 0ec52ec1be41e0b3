import type { Dataset } from './databases.ts'
import type { Figure } from './figure.ts'

/** How large and how long everything is measured. */
export type Scale = {
  /** Tenants: what an MSP has, what a large one has, and more than anyone has. */
  small: number
  medium: number
  large: number
  /** How often a measurement is repeated; the median counts. */
  repeats: number
  /** Rounds of load before those that count: until then code is still being compiled. */
  warm_up_rounds: number
  round_seconds: number
  /** How long a server is left alone before its memory is looked at. */
  idle_seconds: number
}

export const FULL: Scale = {
  small: 10_000,
  medium: 100_000,
  large: 1_000_000,
  repeats: 7,
  warm_up_rounds: 3,
  round_seconds: 1.5,
  idle_seconds: 5,
}

/** Enough to see that everything works; too little to believe the figures. */
export const SMOKE: Scale = {
  small: 2000,
  medium: 4000,
  large: 8000,
  repeats: 1,
  warm_up_rounds: 1,
  round_seconds: 0.3,
  idle_seconds: 1,
}

/** What every section measures with. */
export type Bench = {
  scale: Scale
  /** A folder that is gone in the end. */
  folder: string
  dataset: (size: number) => Promise<Dataset>
}

/** Measures one thing, figure by figure. */
export type Section = (bench: Bench) => AsyncGenerator<Figure>
