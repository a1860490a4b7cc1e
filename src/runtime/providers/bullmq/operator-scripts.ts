import { enqueue } from './enqueue-script.ts'

/**
 * What operators do with a queue and BullMQ has no script for; see scripts.ts for the keys.
 */

/**
 * Of each priority, from the lowest on, what tells since when its first job has been waiting; of the
 * jobs without one, likewise; then the score of the delayed job that was due first; then whether the
 * queue is paused.
 * KEYS[1] the queue's prefix · ARGV[1] now · ARGV[2] priorities to look at, at most
 */
const oldest = `
local prefix, heads = KEYS[1], {}
local function look(key)
  if not key then return end
  heads[#heads + 1] = redis.call('HMGET', prefix .. key, 'timestamp', 'opts', 'processedOn', 'pikku:due')
end
for _, list in ipairs({ 'wait', 'paused' }) do look(redis.call('LINDEX', prefix .. list, -1)) end
local prioritized, below = prefix .. 'prioritized', '+inf'
for _ = 1, tonumber(ARGV[2]) do
  local last = redis.call('ZREVRANGEBYSCORE', prioritized, below, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if #last == 0 then break end
  local floor = string.format('%.0f', math.floor(tonumber(last[2]) / 0x100000000) * 0x100000000)
  look(redis.call('ZRANGEBYSCORE', prioritized, floor, '+inf', 'LIMIT', 0, 1)[1])
  below = '(' .. floor
end
local due = redis.call('ZRANGEBYSCORE', prefix .. 'delayed', '-inf',
  string.format('(%.0f', (tonumber(ARGV[1]) + 1) * 0x1000), 'WITHSCORES', 'LIMIT', 0, 1)
return { heads, due[2] or '', redis.call('HEXISTS', prefix .. 'meta', 'paused') }`

/**
 * Jobs of one status, each as the script find has it: those that wait in the order in which they will
 * run, finished ones newest first.
 * KEYS[1] the queue's prefix · ARGV[1] status · ARGV[2] to skip · ARGV[3] to take · ARGV[4] now
 */
const list = `
local prefix, status = KEYS[1], ARGV[1]
local skip, want, found = tonumber(ARGV[2]), tonumber(ARGV[3]), {}
local function take(key, due)
  local job = redis.call('HGETALL', prefix .. key)
  if #job > 0 then found[#found + 1] = { job, key, status, due } end
  want = want - 1
end
local function each(name, count, range)
  local size = redis.call(count, prefix .. name)
  if want > 0 and skip < size then
    for _, key in ipairs(range(prefix .. name, skip, skip + want - 1)) do take(key) end
    skip = 0
  else
    skip = skip - math.min(skip, size)
  end
end
local function fromTheEnd(key, first, last)
  local keys = redis.call('LRANGE', key, -1 - last, -1 - first)
  local turned = {}
  for i = #keys, 1, -1 do turned[#turned + 1] = keys[i] end
  return turned
end
local function lowestFirst(key, first, last) return redis.call('ZRANGE', key, first, last) end
local function delayed(from, to)
  if want <= 0 then return end
  local scored = redis.call('ZRANGEBYSCORE', prefix .. 'delayed', from, to, 'WITHSCORES', 'LIMIT', skip, want)
  for i = 1, #scored, 2 do take(scored[i], scored[i + 1]) end
end
local function ended(name, other, isIn)
  for _, key in ipairs(redis.call('ZREVRANGE', prefix .. name, 0, -1)) do
    if want <= 0 then return end
    if (redis.call('ZSCORE', prefix .. other, key) and true or false) == isIn then
      if skip > 0 then skip = skip - 1 else take(key) end
    end
  end
end
local due = string.format('%.0f', (tonumber(ARGV[4]) + 1) * 0x1000)
if status == 'waiting' then
  each('wait', 'LLEN', fromTheEnd)
  each('paused', 'LLEN', fromTheEnd)
  each('prioritized', 'ZCARD', lowestFirst)
  delayed('-inf', '(' .. due)
elseif status == 'delayed' then
  delayed(due, '+inf')
elseif status == 'active' then
  each('active', 'LLEN', fromTheEnd)
elseif status == 'completed' then
  each('completed', 'ZCARD', function(key, first, last) return redis.call('ZREVRANGE', key, first, last) end)
elseif status == 'discarded' then
  ended('pikku:discarded', 'failed', true)
elseif redis.call('ZCARD', prefix .. 'pikku:discarded') == 0 then
  each('failed', 'ZCARD', function(key, first, last) return redis.call('ZREVRANGE', key, first, last) end)
else
  ended('failed', 'pikku:discarded', false)
end
return found`

/**
 * A job that waits here waits there instead, under another key: 'moved'; else 'taken', when it does
 * not wait any more, or 'known', when there is such a key already.
 * KEYS[1] the queue's prefix · KEYS[2] the other's · ARGV[1] key · ARGV[2] new key
 * ARGV[3] its data, or '' for what it has · ARGV[4] options · ARGV[5] priority · ARGV[6] now
 */
const move = `${enqueue}
local from, to, key, other = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local place
if redis.call('ZSCORE', from .. 'prioritized', key) then place = 'prioritized'
elseif redis.call('LPOS', from .. 'wait', key) then place = 'wait'
elseif redis.call('LPOS', from .. 'paused', key) then place = 'paused'
elseif redis.call('ZSCORE', from .. 'delayed', key) then place = 'delayed'
else return 'taken' end
if redis.call('EXISTS', to .. other) == 1 then return 'known' end
local source = redis.call('HMGET', from .. key, 'name', 'data')
local data = ARGV[3] ~= '' and ARGV[3] or source[2] or 'null'
redis.call('HSET', to .. other, 'name', source[1] or '', 'data', data, 'opts', ARGV[4],
  'timestamp', ARGV[6], 'delay', 0, 'priority', ARGV[5])
tell(to, 'event', 'added', 'jobId', other, 'name', source[1] or '')
enqueue(to, other, tonumber(ARGV[5]), 'moved')
if place == 'prioritized' or place == 'delayed' then
  redis.call('ZREM', from .. place, key)
else
  redis.call('LREM', from .. place, -1, key)
end
redis.call('DEL', from .. key, from .. key .. ':logs')
tell(from, 'event', 'removed', 'jobId', key, 'prev', 'waiting')
return 'moved'`

export const operatorScripts = {
  'pikku:oldest': { keys: 1, lua: oldest },
  'pikku:list': { keys: 1, lua: list },
  'pikku:move': { keys: 2, lua: move },
} as const
