/**
 * What commands use before the library is loaded, which takes a while: texts that can be shown, and files that can be read safely.
 */
export { parseJsonObject } from '../core/json.ts';
export { posixWord, visibleJson, visibleLine, visibleText } from '../core/text.ts';
export { maxFileBytes } from '../run/storage.ts';
export { readPlainSync, withCode, withPlainSync } from './files.ts';
