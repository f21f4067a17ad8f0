import { createHash } from 'node:crypto';

// Texts that stand nowhere else, so that finding one tells where it came from.

/** Settings that are secrets, each with a value of its own. `sink`: where messages may go. */
export const secretSettings = (sink: string): Record<string, string> => ({
  API_SECRET: 'planted-api-secret-Zq7 / ü',
  JWT_SECRET: 'planted-jwt-key-0123456789-abcdefghijklmnop',
  METRICS_TOKEN: 'planted-metrics-token-77-abcdefgh-0123',
  PUSHOVER_API_TOKEN: 'plantedpushovertoken0001',
  PUSHOVER_USER_KEY: 'plantedpushoveruser0002',
  PUSHOVER_ALARM_KEY: 'plantedpushoveralarm0003',
  PUSHOVER_ANNOUNCEMENT_KEY: 'plantedpushoverannounce0004',
  MAKER_KEY: 'plantedmakerkey0005',
  MAKER_ANNOUNCEMENT_KEY: 'plantedmakerannounce0006',
  NTFY_URL: `${sink}/plantedntfytopic0007`,
  NTFY_TOKEN: 'plantedntfytoken0008',
  GOTIFY_URL: `${sink.replace('//', '//plantedgotifyuser0009:plantedgotifypassword0010@')}/`,
  GOTIFY_TOKEN: 'plantedgotifytoken0011',
  WEBHOOK_URL: `${sink.replace('//', '//plantedhookuser0012:plantedhookpassword0013@')}/plantedhookpath0014?key=plantedhookquery0015`,
  WEBHOOK_SECRET: 'plantedwebhooksecret0016',
  LOOP_APNS_KEY: '-----BEGIN PRIVATE KEY-----\nplantedapnskey0017\n-----END PRIVATE KEY-----',
  LOOP_APNS_KEY_ID: 'PLANTID018',
  LOOP_DEVELOPER_TEAM_ID: 'PLANTTEAM9',
  BRIDGE_USER_NAME: 'plantedbridgeuser0020',
  BRIDGE_PASSWORD: 'plantedbridgepassword0021',
  MMCONNECT_USER_NAME: 'plantedmmuser0022',
  MMCONNECT_PASSWORD: 'plantedmmpassword0023',
  CONNECT_SHARE_ACCOUNT_NAME: 'plantedshareuser0024',
  CONNECT_SHARE_PASSWORD: 'plantedsharepassword0025',
  CONNECT_LINK_UP_PASSWORD: 'plantedlinkup0026',
  PUMP_API_TOKEN: 'plantedunknownpumptoken0027',
  LOOP_SOME_PASSWORD: 'plantedunknownlooppassword0028'
});

/** The distinctive parts of those settings: what must not come out anywhere. */
export const secretTexts = (settings: Readonly<Record<string, string>>): string[] =>
  Object.values(settings).flatMap((value) => {
    const inside = value.match(/planted[a-z]+\d{4}/g);
    return inside && (value.includes('/') || value.includes('\n')) ? inside : [value];
  });

/** Every form in which a secret could come out. */
export function formsOf(secret: string): string[] {
  const hash = (algorithm: string) => createHash(algorithm).update(secret).digest('hex');
  const bytes = Buffer.from(secret);
  const forms = [
    secret,
    secret.toLowerCase(),
    hash('sha1'),
    hash('sha256'),
    hash('sha512'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1)
  ];
  return [...new Set(forms.flatMap((form) => [form, form.toUpperCase()]))];
}

/** What somebody measured, took or wrote. */
export const HEALTH = {
  sgv: 217.4375,
  insulin: 7.3519,
  carbs: 61.8273,
  basal: 1.234567,
  iob: 3.918273,
  food: 43.219876,
  steps: 987654321.5,
  notes: 'plantednotes-hypo-at-school',
  enteredBy: 'planted-uploader-name',
  device: 'planted-sensor-device',
  profile: 'PlantedProfileName',
  foodName: 'planted-dish-of-the-day',
  setting: 'planted-personal-setting'
} as const;
export const HEALTH_TEXTS = Object.values(HEALTH).map(String);

/** Which of the texts stand in what was heard. */
export function findIn(heard: string, texts: readonly string[]): string[] {
  return texts.filter((text) => heard.includes(text));
}
