import { enqueue } from './enqueue-script.ts'
import { operatorScripts } from './operator-scripts.ts'

/**
 * What BullMQ has no script for, on its own keys: `<prefix>:<queue>:` and then a job's key, or a name.
 * Ours have a colon in them, which no job's key has. That layout is BullMQ's own business, so its
 * version is pinned to a minor.
 */
interface Script {
  keys: number
  lua: string
}

/**
 * The first of the jobs that is there: its fields, its key, where it is, and when it is due.
 * KEYS[1] the queue's prefix · ARGV the keys it may have
 */
const find = `
for _, key in ipairs(ARGV) do
  local job = redis.call('HGETALL', KEYS[1] .. key)
  if #job > 0 then
    local due = redis.call('ZSCORE', KEYS[1] .. 'delayed', key)
    if due then return { job, key, 'delayed', due } end
    if redis.call('ZSCORE', KEYS[1] .. 'completed', key) then return { job, key, 'completed' } end
    if redis.call('ZSCORE', KEYS[1] .. 'failed', key) then
      local discarded = redis.call('ZSCORE', KEYS[1] .. 'pikku:discarded', key)
      return { job, key, discarded and 'discarded' or 'failed' }
    end
    if redis.call('LPOS', KEYS[1] .. 'active', key) then return { job, key, 'active' } end
    return { job, key, 'waiting' }
  end
end
return nil`

/**
 * The list of discarded jobs is trimmed by the one of the failed, which BullMQ keeps: here all of it.
 * KEYS[1] the queue's prefix · ARGV[1] now
 */
const counts = `
local count = function(command, name) return redis.call(command, KEYS[1] .. name) end
local delayed = KEYS[1] .. 'delayed'
local due = redis.call('ZCOUNT', delayed, '-inf',
  string.format('(%.0f', (tonumber(ARGV[1]) + 1) * 0x1000))
local discarded = redis.call('ZINTERSTORE', KEYS[1] .. 'pikku:discarded', 2,
  KEYS[1] .. 'pikku:discarded', KEYS[1] .. 'failed', 'AGGREGATE', 'MAX')
return {
  count('LLEN', 'wait') + count('LLEN', 'paused') + count('ZCARD', 'prioritized') + due,
  count('ZCARD', 'delayed') - due,
  count('LLEN', 'active'),
  count('ZCARD', 'completed'),
  count('ZCARD', 'failed') - discarded,
  discarded
}`

/**
 * A failed or discarded job waits again, as good as new. 1 when there was one.
 * KEYS[1] the queue's prefix · ARGV[1] now · then the keys it may have
 */
const retry = `${enqueue}
for i = 2, #ARGV do
  local key = ARGV[i]
  if redis.call('ZREM', KEYS[1] .. 'failed', key) == 1 then
    local job = KEYS[1] .. key
    redis.call('ZREM', KEYS[1] .. 'pikku:discarded', key)
    redis.call('HDEL', job, 'atm', 'ats', 'stc', 'defa', 'processedOn', 'finishedOn', 'failedReason',
      'stacktrace', 'progress', 'pikku:error', 'pikku:buried')
    redis.call('HSET', job, 'pikku:due', ARGV[1])
    enqueue(KEYS[1], key, tonumber(redis.call('HGET', job, 'priority')) or 0, 'failed')
    return 1
  end
end
return 0`

/**
 * What a job leaves when it ends otherwise than well: its dead letter, its place among the discarded,
 * and the mark that both is done for this start of it. In one transaction with BullMQ's own script
 * that moves it. Does nothing when it was done before, without the lock, or (with no token) for a job
 * that has not failed. Discarded jobs that BullMQ keeps no longer are the oldest, and are forgotten.
 * KEYS[1] the queue's prefix · KEYS[2] the dead letter queue's · ARGV[1] key · ARGV[2] token, or ''
 * ARGV[3] now · ARGV[4] 'failed' or 'discarded' · ARGV[5] key of the letter, or '' for none
 * ARGV[6] the letter's options · ARGV[7] its priority
 */
const bury = `${enqueue}
local key, token, now, kind, letter = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local job = KEYS[1] .. key
local start = redis.call('HGET', job, 'ats') or '0'
if token ~= '' then
  if redis.call('GET', job .. ':lock') ~= token then return 0 end
elseif not redis.call('ZSCORE', KEYS[1] .. 'failed', key) then
  return 0
end
if redis.call('HGET', job, 'pikku:buried') == start then return 0 end
redis.call('HSET', job, 'pikku:buried', start)
if kind == 'discarded' then
  local discarded = KEYS[1] .. 'pikku:discarded'
  redis.call('ZADD', discarded, now, key)
  for _ = 1, 100 do
    local oldest = redis.call('ZRANGE', discarded, 0, 0)[1]
    if oldest == key or redis.call('ZSCORE', KEYS[1] .. 'failed', oldest) then break end
    redis.call('ZREM', discarded, oldest)
  end
else
  redis.call('ZREM', KEYS[1] .. 'pikku:discarded', key)
end
if letter ~= '' then
  local source = redis.call('HMGET', job, 'name', 'data')
  redis.call('HSET', KEYS[2] .. letter, 'name', source[1] or '', 'data', source[2] or 'null',
    'opts', ARGV[6], 'timestamp', now, 'delay', 0, 'priority', ARGV[7])
  tell(KEYS[2], 'event', 'added', 'jobId', letter, 'name', source[1] or '')
  enqueue(KEYS[2], letter, tonumber(ARGV[7]), 'dead')
end
return 1`

/**
 * Renews the locks that attempts hold, and says for each: 'held'; 'settled', when its settlement took
 * place; 'gone', when there is no such job any more; else 'lost'. A lock that has lapsed is taken
 * again, as long as nobody else has taken the job: the count of its starts tells.
 * KEYS[1] the queue's prefix · ARGV[1] milliseconds · then for each: key, token, starts, stalls
 */
const renew = `
local answers = {}
for i = 2, #ARGV, 4 do
  local key, token = ARGV[i], ARGV[i + 1]
  local job = KEYS[1] .. key
  local lock = redis.call('GET', job .. ':lock')
  local counts = redis.call('HMGET', job, 'ats', 'stc')
  local answer = 'lost'
  if not counts[1] then
    if redis.call('EXISTS', job) == 0 then answer = 'gone' end
  elseif counts[1] == ARGV[i + 2] and (counts[2] or '0') == ARGV[i + 3] then
    if lock == token then
      answer = 'held'
    elseif not lock then
      answer = redis.call('LPOS', KEYS[1] .. 'active', key) and 'held' or 'settled'
    end
  end
  if answer == 'held' then
    redis.call('SET', job .. ':lock', token, 'PX', ARGV[1])
    redis.call('SREM', KEYS[1] .. 'stalled', key)
  end
  answers[#answers + 1] = answer
end
return answers`

/**
 * How each job stands: what differs when it has changed, and nothing large. Empty for one that is not there.
 * KEYS[1] the queue's prefix · ARGV the keys
 */
const marks = `
local marks = {}
for n, key in ipairs(ARGV) do
  local job, mark = KEYS[1] .. key, ''
  if redis.call('EXISTS', job) == 1 then
    local fields = redis.call('HMGET', job, 'ats', 'atm', 'stc', 'finishedOn', 'pikku:due', 'progress')
    for i = 1, 5 do mark = mark .. (fields[i] or '') .. ' ' end
    mark = mark .. redis.call('EXISTS', job .. ':lock') .. ' ' .. redis.sha1hex(fields[6] or '')
  end
  marks[n] = mark
end
return marks`

/**
 * The active jobs whose locks are one worker's: key, token, count of starts, and the fields asked for.
 * KEYS[1] the queue's prefix · ARGV[1] how the worker's tokens begin · then names of fields
 */
const claimedBy = `
local found = {}
for _, key in ipairs(redis.call('LRANGE', KEYS[1] .. 'active', 0, -1)) do
  local lock = redis.call('GET', KEYS[1] .. key .. ':lock')
  if lock and string.sub(lock, 1, #ARGV[1]) == ARGV[1] then
    local job = { key, lock, redis.call('HGET', KEYS[1] .. key, 'ats') or '0' }
    for i = 2, #ARGV do job[#job + 1] = redis.call('HGET', KEYS[1] .. key, ARGV[i]) or '' end
    found[#found + 1] = job
  end
end
return found`

export const scripts = {
  'pikku:find': { keys: 1, lua: find },
  'pikku:counts': { keys: 1, lua: counts },
  'pikku:retry': { keys: 1, lua: retry },
  'pikku:bury': { keys: 2, lua: bury },
  'pikku:renew': { keys: 1, lua: renew },
  'pikku:marks': { keys: 1, lua: marks },
  'pikku:claimedBy': { keys: 1, lua: claimedBy },
  ...operatorScripts,
} as const satisfies Record<string, Script>

export type ScriptName = keyof typeof scripts
