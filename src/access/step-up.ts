/** How long what one has shown of oneself is good for what is dangerous. */
const FRESH_MINUTES = 15
/** A form that was asked for in time may take its time to be filled in. */
const FORM_MINUTES = 45

/** Whether somebody showed who they are lately enough to see, or to send, a dangerous form. */
export function isFresh(method: string, verified_at: string, now: string) {
  const minutes = (Date.parse(now) - Date.parse(verified_at)) / 60_000
  return minutes <= (method === 'GET' || method === 'HEAD' ? FRESH_MINUTES : FORM_MINUTES)
}

/** Where somebody shows once more who they are, to come back to a page of ours. */
export const verifyHref = (page: string) => `/verify?next=${encodeURIComponent(page)}`
