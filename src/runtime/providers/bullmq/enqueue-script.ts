/**
 * For scripts: writes an event, and keeps as many as BullMQ does; and puts a job in line, behind its
 * equals, and wakes a worker.
 */
export const enqueue = `
local function tell(prefix, ...)
  local most = redis.call('HGET', prefix .. 'meta', 'opts.maxLenEvents') or 10000
  redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', most, '*', ...)
end
local function enqueue(prefix, key, priority, previous)
  if priority > 0 then
    local place = redis.call('INCR', prefix .. 'pc') % 0x100000000
    redis.call('ZADD', prefix .. 'prioritized', priority * 0x100000000 + place, key)
  else
    redis.call('LPUSH', prefix .. 'wait', key)
  end
  redis.call('ZADD', prefix .. 'marker', 0, '0')
  tell(prefix, 'event', 'waiting', 'jobId', key, 'prev', previous)
end`
