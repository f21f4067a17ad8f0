import { plainText } from '../observe/plain-text.ts';
import { redactText } from '../observe/redact.ts';
import type { Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';

/** What stands in `app`, `enteredBy` or `device` → the app that writes it; the first that fits counts. */
const SIGNATURES: readonly (readonly [pattern: RegExp, app: string])[] = [
  [/^loop(:\/\/|$| \()/i, 'Loop'],
  [/^trio\b/i, 'Trio'],
  [/^iaps\b/i, 'iAPS'],
  [/androidaps|^(openaps:\/\/)?aaps\b/i, 'AAPS'],
  [/^xdrip4io/i, 'xDrip4iOS'],
  [/^xdrip/i, 'xDrip+'],
  [/^nightguard\b/i, 'nightguard'],
  [/^loopfollow\b/i, 'LoopFollow'],
  [/^nightscout-connect/i, 'nightscout-connect'],
  [/^share2$/i, 'share2nightscout-bridge']
];

/** Start of `User-Agent` → the app; an iPhone app names itself as its bundle is called. */
const AGENTS: readonly (readonly [pattern: RegExp, app: string])[] = [
  [/^xdrip\+/i, 'xDrip+'],
  [/^xdrip/i, 'xDrip4iOS'],
  [/^(loop|trio|iaps|loopfollow|nightguard)\b/i, '']
];
const IPHONE_APPS: Readonly<Record<string, string>> = {
  loop: 'Loop',
  trio: 'Trio',
  iaps: 'iAPS',
  loopfollow: 'LoopFollow',
  nightguard: 'nightguard'
};
/** Libraries that many apps speak with: they tell the kind of app only. */
const LIBRARIES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^mozilla\//i, 'Web browser'],
  [/^okhttp\//i, 'Android app'],
  [/^curl\//i, 'curl'],
  [/^axios\//i, 'axios']
];
/** What clients of the root socket call themselves in `authorize`. */
const CLIENTS: Readonly<Record<string, string>> = {
  android_aaps: 'AAPS',
  loopfollow: 'LoopFollow',
  iobroker: 'ioBroker',
  web: 'Web browser'
};

/** Name of whoever says nothing about itself. */
export const NAMELESS = 'App without a name';

/** A name as it was sent, fit for people to read; what looks like a secret never is one. */
export const nameText = (text: unknown, longest: number): string => redactText(plainText(text, longest));

const signed = (text: unknown): string | undefined =>
  typeof text === 'string' ? SIGNATURES.find(([pattern]) => pattern.test(text))?.[1] : undefined;

/** The app a document names, in the ways the apps do (clients.md): `app` of v3, `enteredBy`, `device`. @returns undefined: none is named */
export function appOf(doc: Doc): string | undefined {
  const { app, enteredBy, device } = doc;
  const name = signed(app) ?? signed(enteredBy) ?? signed(device);
  if (name !== undefined) return name;
  // a v3 document must name its app
  const own = nameText(app, 40);
  if (own !== '') return own;
  const isOpenaps = [enteredBy, device].some((text) => typeof text === 'string' && /^openaps(:\/\/|$)/i.test(text));
  // AAPS calls its device as oref0 does, but tells the phone's battery at the top
  if (isOpenaps) return 'uploaderBattery' in doc || 'isCharging' in doc || 'configuration' in doc ? 'AAPS' : 'OpenAPS';
  const { uploader } = doc;
  return isPlainObject(uploader) && (uploader.type === 'PHONE' || uploader.type === 'DEXCOM_TRANSMITTER') ? 'xDrip+' : undefined;
}

/** Who sent a request or a frame, as far as it says. */
export interface Sender {
  readonly userAgent: string | undefined;
  /** The client's address, as `access/client-address.ts` found it. */
  readonly address: string;
  /** What a socket called itself. */
  readonly client?: unknown;
  /** Where it came in. */
  readonly door?: string;
}

/** The app behind a sender; `isSure` is false for a mere library. @returns undefined when it says nothing */
export function appOfSender({
  userAgent = '',
  client,
  door
}: Sender): { readonly name: string; readonly isSure: boolean } | undefined {
  const called = typeof client === 'string' ? CLIENTS[client.toLowerCase()] : undefined;
  if (called !== undefined) return { name: called, isSure: true };
  for (const [pattern, app] of AGENTS) {
    const [found] = pattern.exec(userAgent) ?? [];
    if (found !== undefined) return { name: app || IPHONE_APPS[found.toLowerCase()]!, isSure: true };
  }
  // no other Android app speaks v3, and its changes leave out who it is
  if (door === 'v3' && /^okhttp\//i.test(userAgent)) return { name: 'AAPS', isSure: true };
  const library = LIBRARIES.find(([pattern]) => pattern.test(userAgent));
  if (library) return { name: library[1], isSure: false };
  const product = nameText(userAgent.split('/')[0]?.replaceAll('%20', ' '), 40);
  return product === '' ? undefined : { name: product, isSure: false };
}

/** The app behind documents that name none: what the sender says, else the device they name, else {@link NAMELESS}. */
export function appOfUnsigned(sender: Sender | undefined, device: unknown): string {
  const found = sender && appOfSender(sender);
  if (found?.isSure) return found.name;
  return nameText(device, 40) || found?.name || NAMELESS;
}
