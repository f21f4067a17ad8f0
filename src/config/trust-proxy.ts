import { isIP } from 'node:net';
import * as z from 'zod';
import type { Config } from './config.ts';

/** Ranges that have a name: 127.0.0.0/8 and ::1, 169.254.0.0/16 and fe80::/10, the private ranges. */
const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

const ALLOWED =
  'auto, none, a number of proxies (1), or addresses and ranges such as "10.0.0.1 192.168.0.0/16"; `true` would let every visitor choose an address';

/** Reads TRUST_PROXY: `auto`, `none`, a number of hops, or addresses and ranges with spaces or commas between. */
export const trustProxySchema: z.ZodType<Config['trustProxy'], string> = z.string().transform((text, context) => {
  const word = text.toLowerCase();
  if (word === 'auto') return 'auto';
  if (['none', 'off', 'false', '0'].includes(word)) return 'none';
  if (/^\d{1,2}$/.test(word)) return Number(word);
  const parts = word.split(/[\s,]+/).filter(Boolean);
  if (parts.length > 0 && parts.every(isRange)) return parts;
  context.addIssue(ALLOWED);
  return z.NEVER;
});

function isRange(text: string): boolean {
  if (NAMED_RANGES.includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
