/** Works through the lanes, some of them at the same time. */
export async function inLanes<Lane>(
  lanes: readonly Lane[],
  atOnce: number,
  work: (lane: Lane) => Promise<void>,
): Promise<void> {
  const left = lanes.values()
  const runner = async () => {
    for (const lane of left) await work(lane)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, lanes.length) }, runner))
}
