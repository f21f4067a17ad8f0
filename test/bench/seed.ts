import pino from 'pino';
import { readConfig } from '../../src/config/read-config.ts';
import { newObjectId } from '../../src/storage/object-id.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Change, CollectionName, Doc, Storage } from '../../src/storage/port.ts';
import type { Place } from './servers.ts';

const FIVE_MINUTES = 300_000;
const DAY = 86_400_000;

/** What a year of a Loop user leaves: a reading and a 4 KB device status every five minutes, about 110 treatments a day. */
function* daysOf(days: number, end: number): Generator<{ collection: CollectionName; doc: Doc }> {
  for (let at = end - days * DAY, n = 0; at <= end; at += FIVE_MINUTES, n++) {
    const iso = new Date(at).toISOString();
    const sgv = 110 + Math.round(45 * Math.sin(n / 40) + 20 * Math.sin(n / 7));
    yield {
      collection: 'entries',
      doc: {
        type: 'sgv',
        sgv,
        date: at,
        dateString: iso,
        device: 'Dexcom G6',
        direction: 'Flat',
        trend: 4,
        utcOffset: 0,
        sysTime: iso
      }
    };
    yield { collection: 'devicestatus', doc: deviceStatus(iso, sgv) };
    if (n % 8 < 3) yield { collection: 'treatments', doc: treatment(iso, n) };
  }
}

function deviceStatus(iso: string, sgv: number): Doc {
  const values = Array.from({ length: 72 }, (_, i) => Math.round((sgv + 20 * Math.sin(i / 9)) * 1000000) / 1000000);
  const reason = 'Predicted glucose is within the correction range for the whole of the effect duration of the insulin. '.repeat(
    22
  );
  return {
    device: 'loop://iPhone',
    created_at: iso,
    utcOffset: 0,
    pump: {
      clock: iso,
      pumpID: '1F0A1B2C',
      manufacturer: 'Insulet',
      model: 'Dash',
      reservoir: 48.25,
      suspended: false,
      bolusing: false
    },
    uploader: { name: 'iPhone', timestamp: iso, battery: 71 },
    loop: {
      name: 'Loop',
      version: '3.4.4',
      timestamp: iso,
      iob: { timestamp: iso, iob: 1.2345 },
      cob: { timestamp: iso, cob: 12.5 },
      predicted: { startDate: iso, values },
      recommendedBolus: 0.15,
      reason
    }
  };
}

const treatment = (iso: string, n: number): Doc =>
  n % 40 === 0
    ? { eventType: 'Meal Bolus', created_at: iso, enteredBy: 'loop://iPhone', insulin: 2.35, carbs: 30, utcOffset: 0 }
    : {
        eventType: 'Temp Basal',
        created_at: iso,
        enteredBy: 'loop://iPhone',
        rate: 0.75,
        absolute: 0.75,
        duration: 30,
        temp: 'absolute',
        syncIdentifier: `7465${n.toString(16)}`,
        utcOffset: 0
      };

/** Opens the store of a place as the server would. */
async function open({ dataDir, env }: Place): Promise<Storage> {
  return openStorage(readConfig({ DATA_DIR: dataDir, JOURNAL_DIR: 'off', ...env }), pino({ level: 'silent' }));
}

/** Fills a place with the last `days` of a Loop user. @returns what it holds, in words */
export async function seedDays(place: Place, days: number, end: number): Promise<string> {
  const storage = await open(place);
  const counts: Record<string, number> = {};
  let changes: Change[] = [];
  let at = 0;
  for (const { collection, doc } of daysOf(days, end)) {
    counts[collection] = (counts[collection] ?? 0) + 1;
    const srvModified = end - days * DAY + at++;
    changes.push({ op: 'insert', collection, doc: { _id: newObjectId(end), ...doc, srvModified, srvCreated: srvModified } });
    if (changes.length === 2000) {
      await storage.apply(changes);
      changes = [];
    }
  }
  await storage.apply(changes);
  await storage.close();
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}
