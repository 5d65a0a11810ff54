/**
 * What is fetched only when it is asked for. A chunk of its own: the list of all these files would weigh more on the
 * landing page than what it shows.
 */
import '../ui/more_icons'

export const pages = {
  login: () => import('./Login.svelte'),
  single_sign_on: () => import('./SingleSignOn.svelte'),
  register: () => import('./Register.svelte'),
  forgot_password: () => import('./ForgotPassword.svelte'),
  verify_email: () => import('./VerifyEmail.svelte'),
  profile: () => import('./Profile.svelte'),
  delete_account: () => import('./DeleteAccount.svelte'),
  dashboard: () => import('./Dashboard.svelte'),
  schedule: () => import('./Schedule.svelte'),
  details: () => import('./Details.svelte'),
  rsvp: () => import('./Rsvp.svelte'),
  my_record: () => import('./MyRecord.svelte'),
  privacy_rights: () => import('./PrivacyRights.svelte'),
  admin: () => import('../admin/Console.svelte'),
  connection_test: () => import('./ConnectionTest.svelte'),
  not_found: () => import('./NotFound.svelte'),
}

export const accountMenu = () => import('../account/AccountMenu.svelte')
