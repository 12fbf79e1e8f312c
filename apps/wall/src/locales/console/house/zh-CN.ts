export default {
  walls: '大屏现在显示什么',
  more: '由各屏实际画出的画面回报 · 进入大屏',
  feeds: '数据源',
  counts: '{all} 系统 · {live} 实时 · {partial} 部分 · {silent} 无数据 · {waiting} 等待',
  unknown: '服务未应答',
};
