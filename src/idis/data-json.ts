import { Data } from '../axdr/data.js';
import { fromJson, type JsonValue } from '../axdr/json.js';
import { decode, encode } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';

/**
 * Reads Data in JSON, as in profiles and saved views: `{ "type": "long-unsigned", "value": 230 }`. As the values of a
 * saved view can be secrets, errors name only the type.
 * @throws DlmsError `parse/invalid-text` when the JSON is not Data, or the value does not fit its type
 */
export function dataFromJson(json: unknown): Data {
  try {
    // Encoded and decoded again, because only that checks the contents of a compact-array.
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
/** Data can be nested 64 levels deep; each takes two levels in JSON, the value and its list. */
const maxDepth = 130;
