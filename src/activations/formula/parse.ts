import jsep from 'jsep';
import { InputError } from '../../numerics/errors.js';

jsep.addBinaryOp('^', 11, true);
jsep.removeBinaryOp('**');

/** A leading minus binds less than a power: −x² is −(x²), where the parser would read (−x)². */
const withLooseMinus = (text: string): string => text.replace(/(^|[(,+-])(\s*)-/g, '$1$2(-1)*');

/** Beyond these a formula is no activation, and its parser and its tree exhaust the stack. */
const LONGEST = 1000;
const DEEPEST = 100;

/** @throws InputError for formulas that are too long or too deep, before they are parsed */
function checkSize(text: string): void {
  const start = `formula "${text.slice(0, 30)}${text.length > 30 ? '…' : ''}"`;
  if (text.length > LONGEST)
    throw new InputError(`${start}: has ${text.length} characters; at most ${LONGEST} are read`);
  let depth = 0;
  for (const character of text) {
    if ('(['.includes(character)) depth++;
    if (')]'.includes(character)) depth--;
    if (depth > DEEPEST) throw new InputError(`${start}: nests more than ${DEEPEST} brackets`);
  }
}

/** The tree of a formula. @throws InputError for what is none */
export function parsed(text: string): jsep.Expression {
  checkSize(text);
  try {
    return jsep(withLooseMinus(text));
  } catch (error) {
    const { message } = error as Error;
    throw new InputError(
      `formula "${text}": ${message[0].toLowerCase()}${message.slice(1).replace(/\.$/, '')}`,
    );
  }
}
