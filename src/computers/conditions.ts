import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import { computerContains, computerIsHit } from '../db/computer-search.ts'
import type { ComputerKind, Platform } from '../db/computer-schema.ts'
import type { Schema } from '../db/schema.ts'
import { branchOf, filterByBranch } from '../db/scope.ts'
import { MIN_TRIGRAM_LENGTH, phraseOf } from '../db/search.ts'
import { computerCarriesTag } from '../db/tag-cover.ts'
import { sortKey } from '../tenants/names.ts'

/** Whether a computer takes part in maintenance. */
export const maintenances = ['included', 'excluded'] as const

export type Maintenance = (typeof maintenances)[number]

/** A tenant, alone or with all that is below it. */
export type Place = { id: number; path: string; only: boolean }

/**
 * What computers have to be, whatever their tab. A list, a batch, a group and a target of anything
 * all ask by these, and by the conditions here.
 */
export type Traits = {
  /** Parts of a name, a serial number or the primary person's name; each is to be found. */
  texts: readonly string[]
  tenant: Place | null
  kind: ComputerKind | null
  platform: Platform | null
  maintenance: Maintenance | null
  /** Last seen at this instant or later, and before this one; '' for no bound. */
  seen_from: string
  seen_before: string
  /** Tags that they carry, each by whatever it comes from. */
  tags: readonly TagMade[]
}

/** A tag, and the path of the tenant where it was made: it is carried there and below. */
export type TagMade = { id: number; path: string }

/** Traits that every computer has. */
export const ANY: Traits = {
  texts: [],
  tenant: null,
  kind: null,
  platform: null,
  maintenance: null,
  seen_from: '',
  seen_before: '',
  tags: [],
}

/** How a text is looked for: `indexed` asks the index of each computer; `walk` reads its words. */
export type TextWay = 'none' | 'beginning' | 'indexed' | 'walk'

/** What is asked for, without the values: the conditions of one shape are the same. */
export type Shape = {
  text: TextWay
  text_too: TextWay
  place: 'everywhere' | 'tenant' | 'top' | 'branch'
  kind: boolean
  platform: boolean
  maintenance: Maintenance | null
  seen_from: boolean
  seen_before: boolean
  /** Whether the index on when they were seen is left aside, since another one is in order. */
  seen_aside: boolean
  tag: boolean
  tag_too: boolean
}

/** What traits ask for; each text of more than two letters in the way that is given. */
export function shapeOf(traits: Traits, way: TextWay): Shape {
  const [text = '', text_too = ''] = traits.texts.map(sortKey)
  return {
    text: wayFor(text, way),
    text_too: wayFor(text_too, way),
    place: placeOf(traits.tenant),
    kind: traits.kind !== null,
    platform: traits.platform !== null,
    maintenance: traits.maintenance,
    seen_from: traits.seen_from !== '',
    seen_before: traits.seen_before !== '',
    seen_aside: false,
    tag: traits.tags.length > 0,
    tag_too: traits.tags.length > 1,
  }
}

/** Whether a text has enough letters for the index. */
export const isIndexed = (text: string) => [...sortKey(text)].length >= MIN_TRIGRAM_LENGTH

function wayFor(text: string, way: TextWay): TextWay {
  if (text === '') return 'none'
  return isIndexed(text) ? way : 'beginning'
}

function placeOf(tenant: Place | null): Shape['place'] {
  if (!tenant) return 'everywhere'
  if (tenant.only) return 'tenant'
  const top = topOf(tenant.path)
  return Number.isNaN(top) ? 'everywhere' : top === tenant.id ? 'top' : 'branch'
}

/** The ancestor just below the root, by a path: `/1/3/4/` is in 3. The root is in none. */
export const topOf = (path: string) => Number(path.split('/')[2] || NaN)

export type Values = ReturnType<typeof valuesOf>

/** The values that a shape asks for. */
export function valuesOf(traits: Traits) {
  const { texts, tenant, kind, platform, seen_from, seen_before, tags } = traits
  const [text = '', text_too = ''] = texts.map(sortKey)
  return {
    kind: kind!,
    platform: platform!,
    seen_from,
    seen_before,
    text,
    text_end: `${text}\u{10ffff}`,
    phrase: phraseOf(text),
    text_too,
    text_too_end: `${text_too}\u{10ffff}`,
    phrase_too: phraseOf(text_too),
    tag: tags[0]?.id ?? 0,
    tag_too: tags[1]?.id ?? 0,
    tenant_id: tenant?.id ?? 0,
    top_id: tenant ? topOf(tenant.path) : 0,
    ...branchOf(tenant?.path ?? ''),
  }
}

const eb = expressionBuilder<Schema, 'computer'>()

/** What must hold of a computer. It confines no query to what anybody may see. */
export function conditionsOf(shape: Shape, values: Values): Expression<SqlBool>[] {
  return [
    ...(shape.kind ? [eb(looksOf(shape, 'kind'), '=', values.kind)] : []),
    ...(shape.platform ? [eb(looksOf(shape, 'platform'), '=', values.platform)] : []),
    ...(shape.maintenance === 'excluded' ? [eb('computer.state', '=', 'excluded')] : []),
    ...(shape.maintenance === 'included' ? [eb('computer.state', '<>', 'excluded')] : []),
    ...(shape.seen_from ? [eb(seenAt(shape), '>=', values.seen_from)] : []),
    ...(shape.seen_before ? [eb(seenAt(shape), '<', values.seen_before)] : []),
    ...contains(shape.text, values),
    ...contains(shape.text_too, {
      text: values.text_too,
      text_end: values.text_too_end,
      phrase: values.phrase_too,
    }),
    ...(shape.tag ? [computerCarriesTag(values.tag)] : []),
    ...(shape.tag_too ? [computerCarriesTag(values.tag_too)] : []),
    ...within(shape, values),
  ]
}

/**
 * A kind or platform has an index; but where a place is wanted, that of the place holds these too, and
 * is far shorter: so the other is kept from being used.
 */
const looksOf = ({ place }: Shape, name: 'kind' | 'platform') =>
  place === 'everywhere'
    ? eb.ref(`computer.${name}`)
    : eb.fn.coalesce(`computer.${name}`, eb.val(''))

const seenAt = ({ seen_aside }: Shape) =>
  seen_aside ? eb.fn.coalesce('computer.last_seen_at', eb.val('')) : eb.ref('computer.last_seen_at')

type Text = Pick<Values, 'text' | 'text_end' | 'phrase'>

function contains(way: TextWay, { text, text_end, phrase }: Text): Expression<SqlBool>[] {
  if (way === 'beginning')
    return [eb('computer.sort_key', '>=', text), eb('computer.sort_key', '<', text_end)]
  if (way === 'walk') return [computerContains(text)]
  return way === 'indexed' ? [computerIsHit(phrase)] : []
}

/** At the tenant that is wanted, or below it. */
function within({ place }: Shape, values: Values): Expression<SqlBool>[] {
  if (place === 'everywhere') return []
  if (place === 'tenant') return [eb('computer.tenant_id', '=', values.tenant_id as never)]
  const of_top = eb('computer.top_id', '=', values.top_id)
  if (place === 'top') return [of_top]
  return [of_top, filterByBranch({ from: values.from, to: values.to }, 'computer.tenant_id')]
}
