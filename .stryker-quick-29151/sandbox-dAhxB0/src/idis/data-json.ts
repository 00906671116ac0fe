import { Data } from '../axdr/data.js';
import { fromJson, type JsonValue } from '../axdr/json.js';
import { decode, encode } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';

/**
 * Data in JSON, as it stands in profiles and saved views: `{ "type": "long-unsigned", "value": 230 }`. The values of a saved view may be secrets, so an error
 * names the type and nothing else.
 * @throws DlmsError `parse/invalid-text` when it is not Data or the value does not fit its type
 */
export function dataFromJson(json: unknown): Data {
  try {
    // Encoded and decoded again: what a compact-array contains is only looked at then.
    return decode(Data, encode(Data, fromJson(Data, json as JsonValue, { maxDepth })));
  } catch (cause) {
    const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined;
    throw new DlmsError(
      'parse/invalid-text',
      {
        offset: 0,
        expected: 'Data as JSON: a type and its value',
        actual: type === undefined ? typeof json : `type ${String(type).slice(0, 40)}`,
      },
      { cause },
    );
  }
}
/** Two levels, the value and its list, for each of the 64 that Data may be nested. */
const maxDepth = 130;
