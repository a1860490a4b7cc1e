/**
 * May the text be a name in generated code as it is? Not with what a late version of Unicode allows
 * in names and older compilers do not: two joiners that nobody sees, two middle dots.
 */
export const isIdentifier = (text: string): boolean =>
  /^[A-Za-z$_][\w$]*$/.test(text) ||
  (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text) && !/[\u200c\u200d\u30fb\uff65]/.test(text))
