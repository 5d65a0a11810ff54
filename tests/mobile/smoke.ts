// What docs/mobile.md shows, through a client that a tool generated from our OpenAPI description alone.
import { createClient, createConfig } from './client/client/index.js'
import * as api from './client/index.js'

const baseUrl = process.argv[2]
if (!baseUrl) throw new Error('Say where the server is.')
const client = createClient(createConfig({ baseUrl, throwOnError: true }))
const options = { client, throwOnError: true } as const

const { data: settings } = await api.apiMobileConfigConfig({ ...options, query: { country: 'DE' } })
const password = 'analytical engine no. 1'
const person = { first_name: 'Ada', last_name: 'Lovelace', email: 'ada.phone@example.org', password }
const { data: signedIn } = await api.apiAuthRegisterRegister({ ...options, body: person })
const headers = { authorization: `Bearer ${signedIn.token}` }
const { data: me } = await api.apiMeGetMe({ ...options, headers })
const { data: created } = await api.apiMeetingsCreateMeeting({ ...options, headers, body: { title: 'From the phone' } })
const path = { code: created.meeting.code }
const { data: joined } = await api.apiMeetingsCodeJoinJoinMeeting({ ...options, path, body: { name: 'Grace' } })
const { data: share } = await api.apiMeetingsCodeShareShareMeeting({ ...options, path })
const refused = await api.apiMeGetMe({ client, throwOnError: false })
console.log(
  JSON.stringify({
    source: settings.source,
    ads: settings.ads.enabled,
    name: me.name,
    title: created.meeting.title,
    admission: joined.admission,
    link: share.link,
    refused: (refused.error as { code?: string } | undefined)?.code,
  }),
)
