import { startServer, type TestServer } from '../support/start-server.ts';

const MINUTE = 60_000;

/** A site with a day of everything, as apps upload it. */
export async function livelySite(env: Record<string, string> = {}, mongoUri?: string): Promise<TestServer & { token: string }> {
  const server = await startServer(
    { AUTH_DEFAULT_ROLES: 'denied', ENABLE: 'careportal cors', ...env },
    mongoUri ? { mongoUri } : {}
  );
  const { subjects } = server.services.access.admin;
  await subjects.create({ name: 'phone', roles: ['admin'] });
  const token = subjects.list()[0]!.accessToken;
  const now = Date.now();
  const iso = (minutes: number) => new Date(now - minutes * MINUTE).toISOString();
  const post = async (collection: string, docs: unknown) => {
    const answer = await fetch(`${server.url}/api/v1/${collection}`, {
      method: 'POST',
      headers: { ...server.secret, 'content-type': 'application/json' },
      body: JSON.stringify(docs)
    });
    if (!answer.ok) throw new Error(`${collection}: ${answer.status} ${await answer.text()}`);
  };
  await post(
    'entries',
    Array.from({ length: 40 }, (_, n) => ({
      type: 'sgv',
      sgv: 100 + (n % 20),
      date: now - n * 5 * MINUTE,
      dateString: iso(n * 5),
      direction: 'Flat',
      device: 'Dexcom G6',
      noise: 1
    }))
  );
  await post('treatments', [
    { eventType: 'Meal Bolus', created_at: iso(40), carbs: 40, insulin: 4, enteredBy: 'xDrip' },
    { eventType: 'Site Change', created_at: iso(900), enteredBy: 'Loop', timestamp: iso(900) },
    {
      eventType: 'Temporary Target',
      created_at: iso(100),
      duration: 60,
      targetTop: 140,
      targetBottom: 140,
      enteredBy: 'somebody'
    }
  ]);
  await post('devicestatus', [
    { device: 'loop://iPhone', created_at: iso(3), pump: { reservoir: 100 }, loop: { name: 'Loop' }, uploader: { battery: 70 } }
  ]);
  const value = (amount: number) => [{ time: '00:00', timeAsSeconds: 0, value: amount }];
  await post('profile', {
    defaultProfile: 'Default',
    startDate: iso(5000),
    units: 'mg/dl',
    store: {
      Default: {
        dia: 5,
        timezone: 'UTC',
        carbratio: value(10),
        sens: value(40),
        basal: value(1),
        target_low: value(100),
        target_high: value(120)
      }
    }
  });
  return { ...server, token };
}
