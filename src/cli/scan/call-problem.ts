import type { ts } from 'ts-morph'

/** Why a call of `pikkuSessionlessFunc` does not type-check, so that nothing can be inferred from it. */
export interface CallProblem {
  reason: string
  file: ts.SourceFile
  start: number
}

/**
 * What the compiler says of the call, where its argument is not what it takes; null when all is well, or
 * the project has the compiler be silent. Only then is the file checked as a whole, which takes time.
 */
export function callProblem(program: ts.Program, call: ts.CallExpression): CallProblem | null {
  if (takesItsArgument(program.getTypeChecker(), call)) return null
  const file = call.getSourceFile()
  for (const { start, messageText } of program.getSemanticDiagnostics(file)) {
    if (start === undefined || start < call.getStart(file) || start >= call.end) continue
    return { reason: wordsOf(messageText), file, start }
  }
  return null
}

/** Of a chain of reasons what there is to correct: the last one, and of which property. */
function wordsOf(message: string | ts.DiagnosticMessageChain): string {
  if (typeof message === 'string') return message
  const [next] = message.next ?? []
  if (!next) return message.messageText
  const isAboutProperty = message.messageText.startsWith('Types of property')
  return `${isAboutProperty ? `${message.messageText} ` : ''}${wordsOf(next)}`
}

function takesItsArgument(checker: ts.TypeChecker, call: ts.CallExpression): boolean {
  const [argument] = call.arguments
  const parameter = checker.getResolvedSignature(call)?.parameters[0]
  if (argument === undefined || parameter === undefined) return false
  const given = checker.getTypeAtLocation(argument)
  return checker.isTypeAssignableTo(given, checker.getTypeOfSymbolAtLocation(parameter, call))
}
