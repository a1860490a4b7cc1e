/** Whether the file, relative to the root, is one that `pikku generate` writes or has written. */
export function isGeneratedFile(outDir: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const folder = path.slice(0, -name.length - 1) || '.'
  return (
    folder === outDir && /^pikku-(types|queue|worker\.[\w-]+|contracts)\.gen\.(ts|json)$/.test(name)
  )
}
