import { describe, expectTypeOf, it } from 'vitest';
import { array, type Data, integer, octetString, unsigned } from '../../src/axdr/data.js';
import type {
  Account,
  ActivityCalendar,
  AssociationLn,
  AssociationLnV0,
  AssociationLnV1,
  Clock,
  DataClass,
  DisconnectControl,
  DisconnectControlV0,
  ImageTransfer,
  ImageTransferStatus,
  ObjectListEntry,
  ProfileGeneric,
  ProfileGenericV0,
  PushSetup,
  PushSetupV1,
  Register,
  Schedule,
  SecuritySetup,
  SecuritySetupV0,
  UtilityTables,
} from '../../src/cosem/classes/index.js';
import type { DateTime } from '../../src/cosem/date-time.js';
import {
  type AttributeName,
  type AttributeValue,
  attribute,
  interfaceClass,
  type MethodName,
  type MethodParameter,
  type MethodResult,
  method,
  type ObjectOf,
  revision,
  type SelectedValue,
  type Selection,
  type WritableName,
  writable,
} from '../../src/cosem/interface-class.js';
import type { Obis } from '../../src/cosem/obis.js';
import type { UnitName } from '../../src/cosem/units.js';

describe('types of attributes', () => {
  it('Data', () => {
    expectTypeOf<AttributeValue<typeof DataClass, 'value'>>().toEqualTypeOf<Data>();
    expectTypeOf<WritableName<typeof DataClass>>().toEqualTypeOf<'value'>();
  });
  it('Register', () => {
    expectTypeOf<AttributeName<typeof Register>>().toEqualTypeOf<'logicalName' | 'value' | 'scalerUnit'>();
    expectTypeOf<AttributeValue<typeof Register, 'logicalName'>>().toEqualTypeOf<Obis>();
    expectTypeOf<AttributeValue<typeof Register, 'scalerUnit'>['unit']>().toEqualTypeOf<UnitName | number>();
    expectTypeOf<AttributeValue<typeof Register, 'value'>['type']>()
      .extract<'structure' | 'array' | 'date-time'>()
      .toBeNever();
    // Process values and scalers are not written.
    expectTypeOf<WritableName<typeof Register>>().toBeNever();
    expectTypeOf<keyof ObjectOf<typeof Register>>().toEqualTypeOf<'logicalName' | 'value' | 'scalerUnit'>();
    // @ts-expect-error no such attribute
    type _ = AttributeValue<typeof Register, 'buffer'>;
  });
  it('Clock', () => {
    expectTypeOf<AttributeValue<typeof Clock, 'time'>>().toEqualTypeOf<DateTime>();
    expectTypeOf<AttributeValue<typeof Clock, 'clockBase'>>().toEqualTypeOf<
      | 'not-defined'
      | 'internal-crystal'
      | 'mains-frequency-50-hz'
      | 'mains-frequency-60-hz'
      | 'gps'
      | 'radio-controlled'
      | number
    >();
    expectTypeOf<AttributeValue<typeof Clock, 'status'>[number]>()
      .extract<string>()
      .toEqualTypeOf<
        'invalid-value' | 'doubtful-value' | 'different-clock-base' | 'invalid-clock-status' | 'daylight-saving-active'
      >();
    expectTypeOf<'time'>().toExtend<WritableName<typeof Clock>>();
    // @ts-expect-error the status follows the clock
    expectTypeOf<'status'>().toExtend<WritableName<typeof Clock>>();
  });
  it('Disconnect control', () => {
    expectTypeOf<AttributeValue<typeof DisconnectControl, 'controlState'>>().toEqualTypeOf<
      'disconnected' | 'connected' | 'ready-for-reconnection' | number
    >();
    expectTypeOf<AttributeValue<typeof DisconnectControl, 'controlMode'>>().extract<'mode-7'>().not.toBeNever();
    expectTypeOf<AttributeValue<typeof DisconnectControlV0, 'controlMode'>>().extract<'mode-7'>().toBeNever();
    expectTypeOf<typeof DisconnectControlV0.version>().toEqualTypeOf<0>();
    expectTypeOf<typeof DisconnectControlV0.classId>().toEqualTypeOf<70>();
  });
  it('Image transfer', () => {
    expectTypeOf<AttributeValue<typeof ImageTransfer, 'imageTransferStatus'>>().toEqualTypeOf<ImageTransferStatus>();
    expectTypeOf<
      AttributeValue<typeof ImageTransfer, 'imageToActivateInfo'>[number]['imageToActivateIdentification']
    >().toEqualTypeOf<Uint8Array>();
  });
  it('Activity calendar', () => {
    expectTypeOf<
      AttributeValue<
        typeof ActivityCalendar,
        'dayProfileTablePassive'
      >[number]['daySchedule'][number]['startTime']['hour']
    >().toEqualTypeOf<number | null>();
    // @ts-expect-error the active calendar is replaced by activating the passive one
    expectTypeOf<'seasonProfileActive'>().toExtend<WritableName<typeof ActivityCalendar>>();
  });
  it('Account', () => {
    expectTypeOf<AttributeValue<typeof Account, 'currency'>['currencyName']>().toEqualTypeOf<string | Uint8Array>();
    expectTypeOf<AttributeValue<typeof Account, 'currentCreditStatus'>[number]>()
      .extract<'in-credit'>()
      .not.toBeNever();
  });
});

describe('types of methods', () => {
  it('have parameters and results', () => {
    expectTypeOf<MethodName<typeof Register>>().toEqualTypeOf<'reset'>();
    expectTypeOf<MethodParameter<typeof Register, 'reset'>>().toEqualTypeOf<number>();
    expectTypeOf<MethodResult<typeof Register, 'reset'>>().toEqualTypeOf<void>();
    expectTypeOf<MethodResult<typeof AssociationLn, 'replyToHlsAuthentication'>>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<MethodParameter<typeof Schedule, 'insert'>['execWeekdays'][number]>()
      .extract<'monday'>()
      .not.toBeNever();
    // @ts-expect-error no such method
    type _ = MethodParameter<typeof Register, 'capture'>;
  });
  it('tell the forms of a choice apart', () => {
    type Options = MethodParameter<typeof SecuritySetup, 'exportCertificate'>['certificationIdentificationOptions'];
    expectTypeOf<Options['type']>().toEqualTypeOf<'entity' | 'serial'>();
    expectTypeOf<Extract<Options, { type: 'serial' }>['value']['issuer']>().toEqualTypeOf<Uint8Array>();
  });
});

describe('types of versions', () => {
  it('have their own members', () => {
    expectTypeOf<MethodName<typeof ProfileGenericV0>>().toEqualTypeOf<
      'reset' | 'capture' | 'getBufferByRange' | 'getBufferByIndex'
    >();
    expectTypeOf<keyof AttributeValue<typeof ProfileGeneric, 'captureObjects'>[number]>()
      .extract<'dataIndex'>()
      .not.toBeNever();
    expectTypeOf<keyof AttributeValue<typeof ProfileGenericV0, 'captureObjects'>[number]>()
      .extract<'dataIndex'>()
      .toBeNever();
    expectTypeOf<AttributeValue<typeof PushSetup, 'repetitionDelay'>>().not.toBeNumber();
    expectTypeOf<AttributeValue<typeof PushSetupV1, 'repetitionDelay'>>().toBeNumber();
    expectTypeOf<AttributeName<typeof PushSetupV1>>().extract<'pushOperationMethod'>().toBeNever();
    expectTypeOf<MethodName<typeof PushSetupV1>>().toEqualTypeOf<'push'>();
    expectTypeOf<AttributeValue<typeof SecuritySetupV0, 'securityPolicy'>>().extract<'nothing'>().not.toBeNever();
    expectTypeOf<AttributeValue<typeof SecuritySetup, 'securityPolicy'>>().toBeArray();
  });
  it('have their own access rights', () => {
    type Mode<C extends typeof AssociationLn | typeof AssociationLnV1 | typeof AssociationLnV0> = AttributeValue<
      C,
      'objectList'
    >[number]['accessRights']['methodAccess'][number]['accessMode'];
    expectTypeOf<Mode<typeof AssociationLnV0>>().toEqualTypeOf<boolean>();
    expectTypeOf<Mode<typeof AssociationLnV1>>().toEqualTypeOf<
      'no-access' | 'access' | 'authenticated-access' | number
    >();
    expectTypeOf<Mode<typeof AssociationLn>[number]>().extract<'encrypted-request'>().not.toBeNever();
    expectTypeOf<WritableName<typeof AssociationLnV0>>().toEqualTypeOf<'llsSecret'>();
  });
  it('are derived with their types', () => {
    const Own = interfaceClass({
      name: 'Own',
      classId: 9000,
      version: 1,
      attributes: {
        logicalName: attribute(1, octetString),
        list: writable(attribute(2, array(integer))),
        gone: attribute(3, unsigned),
      },
      methods: { run: method(1, integer, unsigned) },
    });
    const Older = revision(Own, { version: 0, attributes: { list: attribute(2, unsigned) }, without: ['gone', 'run'] });
    expectTypeOf<AttributeName<typeof Older>>().toEqualTypeOf<'logicalName' | 'list'>();
    expectTypeOf<AttributeValue<typeof Older, 'list'>>().toBeNumber();
    expectTypeOf<WritableName<typeof Older>>().toBeNever();
    expectTypeOf<MethodName<typeof Older>>().toBeNever();
    expectTypeOf<MethodResult<typeof Own, 'run'>>().toBeNumber();
    // @ts-expect-error an attribute needs a schema
    attribute(1);
    // @ts-expect-error a class needs its id
    interfaceClass({ name: 'x', version: 0, attributes: {}, methods: {} });
  });
});

describe('types of selective access', () => {
  it('have names, parameters and sometimes other answers', () => {
    type Buffer = Selection<typeof ProfileGeneric, 'buffer'>;
    expectTypeOf<Buffer['by']>().toEqualTypeOf<'range' | 'entry'>();
    expectTypeOf<Extract<Buffer, { by: 'entry' }>['parameters']>().toEqualTypeOf<{
      fromEntry: number;
      toEntry: number;
      fromSelectedValue: number;
      toSelectedValue: number;
    }>();
    expectTypeOf<Selection<typeof UtilityTables, 'buffer'>['by']>().toEqualTypeOf<'offset' | 'index'>();
    expectTypeOf<Selection<typeof Register, 'value'>>().toBeNever();
    expectTypeOf<SelectedValue<typeof AssociationLn, 'objectList', 'withoutRights'>>().toEqualTypeOf<
      ObjectListEntry[]
    >();
    expectTypeOf<SelectedValue<typeof AssociationLn, 'objectList', 'objects'>>().toEqualTypeOf<
      AttributeValue<typeof AssociationLn, 'objectList'>
    >();
  });
});
