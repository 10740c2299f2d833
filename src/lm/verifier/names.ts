/**
 * What may stand before an equals sign without being part of the value: `x`, `f(2)`, `AB`, `|AB|`, `\angle ABC`, `(x, y)`, `V_1:V_2`.
 */

const greek =
  '\\\\(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi|varphi|chi|psi|omega|Delta|Omega|ell)';
const script = '(?:_(?:[A-Za-z0-9]|\\{[A-Za-z0-9,]{1,12}\\}))?';
// Two or three small letters are a product: xy = 6 is not 6.
const word = '(?:[A-Z]{2,4}|[A-Za-z]{4,20}|[A-Z][a-z]{2,20})';
const call = '(?:[fghpqrEFGHPQSTVW]\\([A-Za-z0-9]{1,3}\\))';
const figure = '\\\\(?:angle|triangle|overline|overrightarrow|vec|widehat) ?\\{?[A-Za-z]{1,4}\\}?';
const atom = `(?:${call}|${word}${script}|[A-Za-z]${script}|${greek}${script}|${figure}|\\|[A-Z]{2}\\|)`;
const name = new RegExp(
  `^(?:${atom}|${atom} ?: ?${atom}|\\\\frac ?\\{${atom}\\} ?\\{${atom}\\}|${atom}/${atom}|\\( ?${atom}(?: ?, ?${atom}){1,5} ?\\))$`,
);

/** The name in one spelling, without blanks; `undefined` where the text is none. */
export function readName(text: string): string | undefined {
  return text.length <= 60 && name.test(text) ? text.replaceAll(' ', '').replace(/_\{([A-Za-z0-9])\}/g, '_$1') : undefined;
}
