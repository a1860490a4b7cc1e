/** Whether the file, relative to the root, is one that `pikku generate` writes or has written. */
export function isGeneratedFile(outDir: string, path: string): boolean {
  if (!path.includes('.gen.')) return false
  const end = path.lastIndexOf('/')
  const name = path.slice(end + 1)
  if (!/^pikku-(types|queue|worker\.[\w-]+|contracts)\.gen\.(ts|json)$/.test(name)) return false
  return (path.slice(0, Math.max(end, 0)) || '.') === outDir
}
