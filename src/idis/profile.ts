import type { JsonObject } from '../axdr/json.js';

/**
 * A companion profile as data: what a family of meters is expected to have, and what its numbers mean. The JSON form
 * has the same fields; `docs/idis-profile.md` describes it and `parseProfile` reads it. The caller always names the
 * profile; it is never guessed from a meter, because IDIS and the Dutch profiles use the same numbers with different
 * meanings.
 *
 * The profiles that come with the library are estimates from public material. Load the model that you own before you
 * rely on one.
 */
export interface CompanionProfile {
  readonly format: 'companion-profile/1';
  /** A short, unique name, for instance `idis-package-2`. */
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

/** Where a row comes from and how far to trust it. Every row says so. */
export interface Provenance {
  /** Keys of {@link CompanionProfile.sources}. */
  readonly source: readonly string[];
  /**
   * high: two independent public sources, or a primary one; medium: one source; low: engineering knowledge or
   * inference; unknown: looked for but not found.
   */
  readonly confidence: 'high' | 'medium' | 'low' | 'unknown';
  /** How likely a row of low confidence is. */
  readonly plausibility?: 'strong' | 'fair';
  readonly note?: string;
}

/** A client that the meters of the profile know. */
export interface ProfileClient extends Provenance {
  /**
   * The key in the rights of an object: `public`, `management`, `preEstablished` and `consumer` in the built-in
   * profiles.
   */
  readonly id: string;
  readonly name: string;
  /** The client address (wrapper port or HDLC address). */
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
/** A key that the meters of the profile have. */
export interface ProfileKey extends Provenance {
  /** The key id in global_key_transfer; null when the key is not transferred that way. */
  readonly keyId: number | null;
  readonly short: string;
  readonly name: string;
  readonly use: string;
}

/**
 * How devices are named. `idis`: manufacturer, device type, function type and serial number, the same in both names;
 * `free`: no rule is known.
 */
export interface TitleRules {
  readonly systemTitle: TitleRule;
  readonly logicalDeviceName: TitleRule;
  /** The device types that the profile allows; empty: any. */
  readonly deviceTypes: readonly DeviceTypeRow[];
  readonly functionTypes: readonly FunctionTypeRow[];
}
/** The layout of system titles or of logical device names. */
export interface TitleRule extends Provenance {
  readonly layout: 'idis' | 'free';
}
/** A device type, as in system titles. */
export interface DeviceTypeRow extends Provenance {
  readonly value: number;
  readonly name: string;
}
/** A bit of the function type in system titles. */
export interface FunctionTypeRow extends Provenance {
  readonly bit: number;
  /** The option that the rows of {@link CompanionProfile.objects} refer to. */
  readonly option: string;
  readonly name: string;
}

/** An object that meters of the profile have or can have. */
export interface ProfileObject extends Provenance {
  /** A code or a pattern; with a pattern, each code that it covers can exist. */
  readonly obis: string;
  readonly classId: number;
  /** The class versions that are allowed; empty: any. */
  readonly versions: readonly number[];
  readonly name: string;
  readonly group: string;
  /**
   * Whether it is mandatory, if the owner of the specification has filled this in. null: not known; then there is only
   * {@link mandatoryJudgement}.
   */
  readonly mandatory: boolean | null;
  /** An estimate for demonstrations, never an obligation. */
  readonly mandatoryJudgement?: boolean;
  /** Present only in meters with this option: D disconnector, L load management, M multi-utility, `polyphase`. */
  readonly option?: string;
  /**
   * The rights by client id, in the notation of `parseRights`. The rights of a client that is not listed are not known.
   */
  readonly rights: Readonly<Record<string, string>>;
  /** Which source states the rights, and of whom; absent: they are engineering knowledge. */
  readonly rightsBasis?: string;
  /** The types and values that attributes must have, if the owner of the specification has filled them in. */
  readonly attributes?: readonly ProfileAttribute[];
}
/** What a profile says about one attribute of an object. */
export interface ProfileAttribute {
  readonly index: number;
  readonly name?: string;
  /** The names of the Data types that are allowed. */
  readonly types?: readonly string[];
  /** The required value. */
  readonly value?: JsonObject;
  /** The bounds of a number. */
  readonly min?: number;
  readonly max?: number;
}

/** A log of events. */
export interface EventLog extends Provenance {
  readonly name: string;
  /** The Profile generic object of the log: a code or a pattern. */
  readonly profile: string;
  /** The object that holds the last event code, which the log captures. */
  readonly eventObject?: string;
  readonly columns: readonly string[];
}
/** A code in an event log, and its meaning. */
export interface EventCode extends Provenance {
  readonly code: number;
  /** The name of an {@link EventLog}, `all`, or `unknown` when the source does not say. */
  readonly log: string;
  readonly name: string;
}
/** A register, filter, descriptor or status word with named bits. */
export interface BitField {
  /** `alarm 1`, `alarm 2`, `error 1`, `profile status` and `M-Bus alarm` in the built-in profiles. */
  readonly id: string;
  /** The objects that hold it: codes or patterns. */
  readonly objects: readonly string[];
  readonly bits: readonly BitRow[];
}
/** One bit of a {@link BitField}. */
export interface BitRow extends Provenance {
  /** Bit 0 is the least significant one. */
  readonly bit: number;
  readonly name: string;
  readonly abbreviation?: string;
  /** The codes of the events that set the bit. */
  readonly events?: readonly number[];
}

/** A Push setup object: what it sends, and when. */
export interface PushSetupRow extends Provenance {
  readonly obis: string;
  readonly name: string;
  readonly trigger: string;
  readonly destination?: string;
  readonly payload?: string;
}
/** The body of a push that does not name its values: they are in this order. */
export interface PushPayload extends Provenance {
  readonly name: string;
  readonly elements: readonly PayloadElement[];
}
/** One value of a {@link PushPayload}. */
export interface PayloadElement {
  readonly name: string;
  readonly obis: string;
  /** The names of the Data types that are possible here. */
  readonly types: readonly string[];
  /** The required octets in hexadecimal: a list version, the name of the push setup. */
  readonly hex?: string;
  /** The number of octets of a string. */
  readonly length?: number;
  /** It can be missing at the end of the body. */
  readonly optional?: boolean;
  /** The power of ten, if the source states it; likewise the unit. */
  readonly scaler?: number;
  readonly unit?: string;
}
/** A script in a script table, and what it does. */
export interface ScriptRow extends Provenance {
  readonly table: string;
  readonly script: number;
  readonly action: string;
}
