export default {
  list: '历史记录',
  figures: '统计',
  span: '最近',
  kind: '发生了什么',
  words: '对象、人、内容',
  said: '原因 / 备注',
  cut: '记录太多：只统计最近 {n} 条，自 {from} 起',
};
