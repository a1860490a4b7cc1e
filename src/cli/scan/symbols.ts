import { ts } from 'ts-morph'
import type { Code } from './code.ts'

/** What a name stands for, through imports, re-exports and barrels to where it is declared. */
export function symbolOf(code: Code, node: ts.Node): ts.Symbol | undefined {
  const parent = node.parent
  const symbol =
    ts.isShorthandPropertyAssignment(parent) && parent.name === node
      ? code.checker.getShorthandAssignmentValueSymbol(parent)
      : code.checker.getSymbolAtLocation(node)
  return symbol && aliased(code, symbol)
}

export function aliased(code: Code, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? code.checker.getAliasedSymbol(symbol) : symbol
}
