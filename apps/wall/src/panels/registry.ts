import { alarmsPanel } from './alarms/panel.js';
import { barsPanel } from './bars/panel.js';
import { cardPanel } from './card/panel.js';
import { caseloadPanel } from './caseload/panel.js';
import { clocksPanel } from './clocks/panel.js';
import { coveragePanel } from './coverage/panel.js';
import { donutPanel } from './donut/panel.js';
import { figurePanel } from './figure/panel.js';
import { flowPanel } from './flow/panel.js';
import { gaugePanel } from './gauge/panel.js';
import { groupsPanel } from './groups/panel.js';
import { healthPanel } from './health/panel.js';
import { heatPanel } from './heat/panel.js';
import { imagePanel } from './image/panel.js';
import { levelPanel } from './level/panel.js';
import { linePanel } from './line/panel.js';
import { mapPanel } from './map/panel.js';
import { notablePanel } from './notable/panel.js';
import { noticesPanel } from './notices/panel.js';
import { occurrencesPanel } from './occurrences/panel.js';
import type { PanelType } from './panel.types.js';
import { progressPanel } from './progress/panel.js';
import { radarPanel } from './radar/panel.js';
import { rankingPanel } from './ranking/panel.js';
import { reservoirsPanel } from './reservoirs/panel.js';
import { stagesPanel } from './stages/panel.js';
import { statesPanel } from './states/panel.js';
import { systemsPanel } from './systems/panel.js';
import { tablePanel } from './table/panel.js';
import { textPanel } from './text/panel.js';
import { timelinePanel } from './timeline/panel.js';
import { videoPanel } from './video/panel.js';
import { warningsPanel } from './warnings/panel.js';
import { weatherPanel } from './weather/panel.js';

/** Every panel type a scene may name. What draws it is loaded when a scene first uses it. */
export const PANEL_TYPES: readonly PanelType[] = [
  alarmsPanel,
  barsPanel,
  cardPanel,
  caseloadPanel,
  clocksPanel,
  coveragePanel,
  donutPanel,
  figurePanel,
  flowPanel,
  gaugePanel,
  groupsPanel,
  healthPanel,
  heatPanel,
  imagePanel,
  levelPanel,
  linePanel,
  mapPanel,
  notablePanel,
  noticesPanel,
  occurrencesPanel,
  progressPanel,
  radarPanel,
  rankingPanel,
  reservoirsPanel,
  stagesPanel,
  statesPanel,
  systemsPanel,
  tablePanel,
  textPanel,
  timelinePanel,
  videoPanel,
  warningsPanel,
  weatherPanel,
];

const BY_TYPE = new Map(PANEL_TYPES.map((panel) => [panel.type, panel]));

export function panelType(type: string): PanelType | undefined {
  return BY_TYPE.get(type);
}
