/** What has to happen as a whole inside Redis. Numbers of keys and arguments are those of the callers beside. */

/**
 * Appends messages to the stream. With a collection: also remembers its clock and this announcement, and gives up the lock.
 * KEYS stream, clock, lock; ARGV length, seconds, origin, collection or '', srvModified, token, then number, kind, data each.
 * @returns id of the last one
 */
export const APPEND = `
local id = false
for i = 7, #ARGV, 3 do
  id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'o', ARGV[3], 'n', ARGV[i], 'k', ARGV[i + 1], 'd', ARGV[i + 2])
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
if ARGV[4] ~= '' then
  if tonumber(ARGV[5]) > tonumber(redis.call('HGET', KEYS[2], ARGV[4]) or '0') then
    redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
  end
  redis.call('HSET', KEYS[2], ARGV[4] .. ':id', id .. ' ' .. ARGV[3])
  if redis.call('GET', KEYS[3]) == ARGV[6] then redis.call('DEL', KEYS[3]) end
end
return id`;

/**
 * Asks for the lock of a collection; first come, first served, so that a busy process cannot starve the others. Who stopped
 * asking loses its place.
 * KEYS lock, queue, asked, clock; ARGV token, ms the lock holds, collection, ms after which a silent waiter is forgotten.
 * @returns clock and last announcement, or 0
 */
export const TAKE_TURN = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[2], 'NX', now, ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], now)
redis.call('PEXPIRE', KEYS[2], 60000)
redis.call('PEXPIRE', KEYS[3], 60000)
local head = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
while head ~= ARGV[1] and now - tonumber(redis.call('HGET', KEYS[3], head) or '0') > tonumber(ARGV[4]) do
  redis.call('ZREM', KEYS[2], head)
  redis.call('HDEL', KEYS[3], head)
  head = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
end
if head == ARGV[1] and redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  redis.call('ZREM', KEYS[2], head)
  redis.call('HDEL', KEYS[3], head)
  return { redis.call('HGET', KEYS[4], ARGV[3]) or '', redis.call('HGET', KEYS[4], ARGV[3] .. ':id') or '' }
end
return 0`;

/** Gives up a lock or lease, if it is still ours, and a place in a queue. KEYS lock, queue, asked; ARGV token. */
export const GIVE_UP = `
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** Holds a lock for longer. KEYS lock; ARGV token, ms. @returns 1, or 0 when it is not ours any more */
export const HOLD = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`;

/** Takes a lease or holds it for longer. KEYS lease; ARGV holder, ms. @returns 1, or 0 when it is somebody else's */
export const LEASE = `
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if holder then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/** A script as a command. */
export const run = (script: string, keys: readonly string[], args: readonly (string | number)[]): string[] => [
  'EVAL',
  script,
  String(keys.length),
  ...keys,
  ...args.map(String)
];
