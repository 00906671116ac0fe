import type { JsonObject } from '../axdr/json.js';

/**
 * A companion profile as data: what a family of meters is expected to have and what its numbers mean. The JSON form has the same fields; it is described
 * in `docs/idis-profile.md` and read by `parseProfile`. A profile is always named by the caller, never guessed from a meter: IDIS and the Dutch
 * profiles use the same numbers with other meanings.
 *
 * The profiles that come with the library are estimates from public material. Load the model you own before you rely on one.
 */
export interface CompanionProfile {
  readonly format: 'companion-profile/1';
  /** A short unique name, e.g. `idis-package-2`. */
  readonly id: string;
  readonly name: string;
  readonly note?: string;
  /** What each key in `source` stands for. */
  readonly sources: Readonly<Record<string, string>>;
  readonly clients: readonly ProfileClient[];
  readonly suites: readonly ProfileSuite[];
  readonly keys: readonly ProfileKey[];
  readonly titles: TitleRules;
  readonly objects: readonly ProfileObject[];
  readonly eventLogs: readonly EventLog[];
  readonly events: readonly EventCode[];
  readonly bitFields: readonly BitField[];
  readonly pushSetups: readonly PushSetupRow[];
  readonly pushPayloads: readonly PushPayload[];
  readonly scripts: readonly ScriptRow[];
}

/** Where a row comes from and how far to trust it. Every row has one. */
export interface Provenance {
  /** Keys of {@link CompanionProfile.sources}. */
  readonly source: readonly string[];
  /** high: two independent public sources or a primary one; medium: one; low: engineering knowledge or inference; unknown: asked for, not found. */
  readonly confidence: 'high' | 'medium' | 'low' | 'unknown';
  /** For low rows: how likely they are. */
  readonly plausibility?: 'strong' | 'fair';
  readonly note?: string;
}

/** A client that meters of the profile know. */
export interface ProfileClient extends Provenance {
  /** Key of the rights of an object: `public`, `management`, `preEstablished`, `consumer` in the profiles carried here. */
  readonly id: string;
  readonly name: string;
  /** Client address (wrapper port or HDLC address). */
  readonly sap: number;
  readonly authentication: string;
  readonly ciphered: boolean;
  readonly use: string;
}
/** A security suite that the profile names. */
export interface ProfileSuite extends Provenance {
  readonly suite: number;
  readonly algorithms: string;
}
/** A key that meters of the profile have. */
export interface ProfileKey extends Provenance {
  /** Key id of global_key_transfer; null when the key is not transferred that way. */
  readonly keyId: number | null;
  readonly short: string;
  readonly name: string;
  readonly use: string;
}

/** How devices are named. `idis`: manufacturer, device type, function type and serial number, alike in both names; `free`: no rule is known. */
export interface TitleRules {
  readonly systemTitle: TitleRule;
  readonly logicalDeviceName: TitleRule;
  /** Device types that this profile allows. Empty: any. */
  readonly deviceTypes: readonly DeviceTypeRow[];
  readonly functionTypes: readonly FunctionTypeRow[];
}
/** How system titles are laid out. */
export interface TitleRule extends Provenance {
  readonly layout: 'idis' | 'free';
}
/** A type of devices, as system titles name it. */
export interface DeviceTypeRow extends Provenance {
  readonly value: number;
  readonly name: string;
}
/** A bit of the function type of system titles. */
export interface FunctionTypeRow extends Provenance {
  readonly bit: number;
  /** The option that rows of {@link CompanionProfile.objects} name. */
  readonly option: string;
  readonly name: string;
}

/** An object that meters of the profile have. */
export interface ProfileObject extends Provenance {
  /** A code or a pattern; a pattern says that each code it covers may exist. */
  readonly obis: string;
  readonly classId: number;
  /** Class versions that are allowed; empty: any. */
  readonly versions: readonly number[];
  readonly name: string;
  readonly group: string;
  /** The obligation, when the owner of the specification has filled it in. null: not known; then {@link mandatoryJudgement} is all there is. */
  readonly mandatory: boolean | null;
  /** An estimate for demonstrations, never an obligation. */
  readonly mandatoryJudgement?: boolean;
  /** Only in meters with this option: D disconnector, L load management, M multi-utility, `polyphase`. */
  readonly option?: string;
  /** Rights by client id, in the notation of `parseRights`; a client that is not listed is not known. */
  readonly rights: Readonly<Record<string, string>>;
  /** Whose rights these are, when a source states them; absent: engineering knowledge. */
  readonly rightsBasis?: string;
  /** Types and values that attributes must have, where the owner of the specification has filled them in. */
  readonly attributes?: readonly ProfileAttribute[];
}
/** What a profile says about one attribute of an object. */
export interface ProfileAttribute {
  readonly index: number;
  readonly name?: string;
  /** Names of Data types, any of which is allowed. */
  readonly types?: readonly string[];
  /** The value that must stand there. */
  readonly value?: JsonObject;
  /** Bounds of a number. */
  readonly min?: number;
  readonly max?: number;
}

/** A log of events. */
export interface EventLog extends Provenance {
  readonly name: string;
  /** The profile generic object of the log: a code or a pattern. */
  readonly profile: string;
  /** The object that holds the last event code, and whose value the log captures. */
  readonly eventObject?: string;
  readonly columns: readonly string[];
}
/** A code of an event log and what it means. */
export interface EventCode extends Provenance {
  readonly code: number;
  /** Name of an {@link EventLog}; `all`, or `unknown` when the source does not say. */
  readonly log: string;
  readonly name: string;
}
/** A register, filter, descriptor or status word whose bits have names. */
export interface BitField {
  /** `alarm 1`, `alarm 2`, `error 1`, `profile status`, `M-Bus alarm` in the profiles carried here. */
  readonly id: string;
  /** Objects that hold it: codes or patterns. */
  readonly objects: readonly string[];
  readonly bits: readonly BitRow[];
}
/** One bit of a {@link BitField}. */
export interface BitRow extends Provenance {
  /** Bit 0 is the least significant one. */
  readonly bit: number;
  readonly name: string;
  readonly abbreviation?: string;
  /** Event codes that set the bit. */
  readonly events?: readonly number[];
}

/** A push setup object, and when it sends what. */
export interface PushSetupRow extends Provenance {
  readonly obis: string;
  readonly name: string;
  readonly trigger: string;
  readonly destination?: string;
  readonly payload?: string;
}
/** A body that does not name its values: they stand in this order. */
export interface PushPayload extends Provenance {
  readonly name: string;
  readonly elements: readonly PayloadElement[];
}
/** One value of a {@link PushPayload}. */
export interface PayloadElement {
  readonly name: string;
  readonly obis: string;
  /** Names of Data types that may stand here. */
  readonly types: readonly string[];
  /** Octets that must stand here, as hex: a list version, the name of the push setup. */
  readonly hex?: string;
  /** Number of octets of a string. */
  readonly length?: number;
  /** May be missing at the end of the body. */
  readonly optional?: boolean;
  /** Power of ten and unit, where the source states them. */
  readonly scaler?: number;
  readonly unit?: string;
}
/** A script of a script table, and what it does. */
export interface ScriptRow extends Provenance {
  readonly table: string;
  readonly script: number;
  readonly action: string;
}
