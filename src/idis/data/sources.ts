/** What the keys in `source` stand for in the built-in profiles. */
export const publicSources: Readonly<Record<string, string>> = {
  MCS301: 'MetCom MCS301 product manual 1.25 (2019): a vendor manual whose meter follows IDIS package 2 in these parts',
  COM200: 'MetCom COM200/COM300 module manual 1.0',
  OSGP: 'Grid eXchange Fabric (OSGP/open-smart-grid-platform, Apache-2.0), DLMS adapter: DSMR 2.2 and 4.2.2, SMR 4.3 and 5.x',
  GURUX: 'Gurux/Gurux.DLMS.Net: interpretation of IDIS system titles',
  EPS: 'Object List EPS V1 (Serbian utility companion specification); passages only',
  LABEL: 'IDIS association: How to get the IDIS Test Label, R1.7, January 2016 (IDIS-C00-002)',
  AM550:
    'Iskraemeco AM550 customer port captures (Wiener Netze and Kaernten Netz), explained in a public decoder script',
  E450: 'Landis+Gyr E450 customer port captures: scs/smartmeter-datacollector',
  BGLD: 'Netz Burgenland and Netz NOE customer interface notes, summarised in r00tat/smartmeter_homeassistant_burgenland',
  SCS: 'scs/smartmeter-datacollector (Swiss customer interfaces)',
  CREOS: 'Luxembourg Smarty P1 notes: security layer said to follow IDIS package 2.0, suite 0',
  SQLHES: 'Event table of a public head-end project, codes grouped by log as in IDIS',
  PUSH2: 'Captured push frames in a public parser test, maker unknown',
  KAIFA:
    'Kaifa MA304H customer port captures: esphome-libs/dlms_parser, u9n/dlms-cosem issue 68 (with and without OBIS codes, in the same order)',
  ENG: 'Engineering knowledge of Blue Book default instances and of meters of this family; no public source. Check against the specification',
};
