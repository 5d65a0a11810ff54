/** The pages of the console, in the order of its navigation. A new page is a line here. */
import type { Component } from 'svelte'
import { m } from '../i18n/paraglide/messages.js'
import type { IconName } from '../ui/icons'

export interface Section {
  /** What stands after /admin/ in the address. */
  id: string
  title: () => string
  icon: IconName
  /** What stands behind the section in the address (one user, one meeting) the page reads by `place().item`. */
  load: () => Promise<{ default: Component }>
}

export const sections: readonly Section[] = [
  { id: '', title: m.admin_overview, icon: 'grid', load: () => import('./overview/OverviewPage.svelte') },
  { id: 'users', title: m.admin_users, icon: 'people', load: () => import('./users/UsersPage.svelte') },
  { id: 'meetings', title: m.admin_meetings, icon: 'camera', load: () => import('./meetings/MeetingsPage.svelte') },
  {
    id: 'deletion-requests',
    title: m.admin_requests,
    icon: 'trash',
    load: () => import('./requests/RequestsPage.svelte'),
  },
  { id: 'rights', title: m.admin_rights, icon: 'hand', load: () => import('./rights/RightsRequestsPage.svelte') },
  { id: 'servers', title: m.admin_servers, icon: 'screen', load: () => import('./servers/ServersPage.svelte') },
  { id: 'legal', title: m.admin_legal, icon: 'shield', load: () => import('./legal/LegalPage.svelte') },
  { id: 'regions', title: m.admin_regions, icon: 'pin', load: () => import('./regions/RegionsPage.svelte') },
  { id: 'mail', title: m.admin_mail, icon: 'mail', load: () => import('./mail/MailPage.svelte') },
  { id: 'audit', title: m.admin_audit, icon: 'clock', load: () => import('./audit/AuditPage.svelte') },
  {
    id: 'administrators',
    title: m.admin_administrators,
    icon: 'settings',
    load: () => import('./administrators/AdministratorsPage.svelte'),
  },
  { id: 'security', title: m.admin_security, icon: 'lock', load: () => import('./security/SecurityPage.svelte') },
]
