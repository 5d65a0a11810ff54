/** One date of a series as the form holds it: only time, length and words can differ from the rest. */
import type { OccurrenceChange, OccurrenceView } from '../../api/types'
import { instantOf, wallOf } from '../../agenda/zones'

export interface DatePlan {
  title: string
  description: string
  date: string
  time: string
  minutes: number
  zone: string
}

export function datePlanOf(one: OccurrenceView, zone: string): DatePlan {
  return {
    title: one.title,
    description: one.description,
    ...wallOf(new Date(one.starts_at), zone),
    minutes: one.duration_minutes,
    zone,
  }
}

/** What was changed, and nothing else: so the date goes on following its series in all the rest. */
export function dateChangeOf(before: OccurrenceView, plan: DatePlan): OccurrenceChange {
  const change: OccurrenceChange = {}
  const start = instantOf(plan, plan.zone)
  if (plan.title.trim() !== before.title) change.title = plan.title.trim()
  if (plan.description.trim() !== before.description) change.description = plan.description.trim()
  if (start.getTime() !== Date.parse(before.starts_at)) change.starts_at = start.toISOString()
  if (plan.minutes !== before.duration_minutes) change.duration_minutes = plan.minutes
  return change
}
