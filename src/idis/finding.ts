import type { ViewObject } from './association-view.js';
import type { ProfileObject, Provenance } from './profile.js';

/** One difference between a meter and a profile. */
export interface Finding {
  readonly kind: FindingKind;
  /** The object, if the finding is about one. */
  readonly obis?: string;
  readonly classId?: number;
  readonly attribute?: number;
  readonly method?: number;
  /** The name of the object, or of the part of a title. */
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  /** The expectation is an estimate: a judgement about an obligation, or a row of low or unknown confidence. */
  readonly estimate: boolean;
  /** Where the expectation comes from. */
  readonly source: readonly string[];
  readonly confidence: Provenance['confidence'];
}
/**
 * `class`: there is an object with this code, but of another interface class. `extra`: the profile does not list the
 * object; that alone is no fault.
 */
export type FindingKind = 'missing' | 'extra' | 'class' | 'version' | 'type' | 'right' | 'value' | 'title';

/** The finding as one line of text. */
export const formatFinding = ({
  kind,
  obis,
  attribute,
  method,
  name,
  expected,
  actual,
  estimate,
  source,
  confidence,
}: Finding): string =>
  `${kind}: ${obis === undefined ? '' : `${obis} `}${name}${attribute === undefined ? '' : `, attribute ${attribute}`}${method === undefined ? '' : `, method ${method}`}` +
  `: expected ${expected}, found ${actual} (${estimate ? 'estimate, ' : ''}${confidence}${source.length === 0 ? '' : `: ${source.join(', ')}`})`;

/** The fields of a finding that say which row it is about. */
export function about(
  row: ProfileObject,
  o?: ViewObject,
): Pick<Finding, 'name' | 'source' | 'confidence' | 'estimate' | 'obis' | 'classId'> {
  const obis: string = o?.logicalName ?? row.obis;
  return {
    obis,
    classId: row.classId,
    name: row.name,
    source: row.source,
    confidence: row.confidence,
    estimate: isWeak(row),
  };
}
export const isWeak = ({ confidence }: Provenance): boolean => confidence === 'low' || confidence === 'unknown';
