/**
 * The same function, which makes what follows from an object once. What a change does not reach keeps its
 * objects from one generation to the next, and so all that was made of them.
 */
export function remembered<Key extends object, Value>(
  make: (key: Key) => Value,
): (key: Key) => Value {
  const known = new WeakMap<Key, { value: Value }>()
  return (key) => {
    let made = known.get(key)
    if (!made) known.set(key, (made = { value: make(key) }))
    return made.value
  }
}
