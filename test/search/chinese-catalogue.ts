/**
 * A shop of 300 items in Chinese, written by hand: fifty kinds of six. Brands stand in Latin letters, in Chinese or in both, with and without
 * spaces; kinds share characters and words (运动鞋 and 皮鞋, 手机壳 and 手机支架), and descriptions name other kinds, so that finding is not enough.
 */
import type { EventInput } from "../../src/core/public.ts";

interface Kind {
  readonly id: string;
  readonly noun: string;
  readonly category: readonly string[];
  readonly price: number;
  readonly description?: string;
  /** `brand|title`, with ~ for the noun and _ for a space in a brand. */
  readonly items: readonly string[];
}

/** id, noun, category, lowest price, description, six items. */
const rows: readonly string[] = `
sneaker 运动鞋 鞋靴/运动鞋 299 透气网面，适合健身和日常穿着，搭配牛仔裤好看
 Nike|男士黑色透气~ 阿迪达斯|女士白色轻便~ 李宁|男款红色减震~ 安踏|女款粉色网面~ 回力|经典帆布~ 蓝色 NewBalance|复古灰色~ 男女同款
runner 跑步鞋 鞋靴/跑步鞋 399 马拉松训练，缓震回弹
 Nike|女士专业马拉松~ 阿迪达斯|男士碳板~ 亚瑟士|缓震~ 男 蓝色 特步|轻量~ 女 紫色 李宁|夜光~ 男款黑色 361|减震~ 白色
leathershoe 皮鞋 鞋靴/皮鞋 459 头层牛皮，商务正装
 奥康|男士商务正装~ 黑色 红蜻蜓|男士英伦~ 棕色 Clarks|女士软底~ 意尔康|男士加绒~ 百丽|女士小~ 尖头 Ecco|男士休闲~ 深蓝
sandal 凉鞋 鞋靴/凉鞋 129
 达芙妮|女士夏季平底~ Teva|户外~ 男 回力|儿童防滑~ Birkenstock|软木~ 女 棕色 百丽|女士高跟~ 骆驼|男士真皮~
slipper 拖鞋 鞋靴/拖鞋 39
 MUJI|棉麻居家~ 灰色 朴西|静音室内~ 女 Crocs|洞洞~ 男 南极人|冬季棉~ 加厚 Nike|运动~ 男士黑色 优调|浴室防滑~ 情侣
phonecase 手机壳 数码/手机配件 29 轻薄防摔，不挡充电器接口
 Apple|iPhone15硅胶~ 透明 倍思|iPhone 15 Pro磁吸~ 绿联|适用华为Mate60防摔~ 亿色|小米14皮革~ 图拉斯|三星S24+超薄~ Spigen|iPhone14防摔~ 黑色
phonestand 手机支架 数码/手机配件 25 桌面懒人支架，手机壳不用取下
 绿联|桌面折叠~ 倍思|车载磁吸~ 小米|车载~ 无线充电 Anker|铝合金~ 银色 毕亚兹|床头懒人~ 品胜|直播三脚~
charger 充电器 数码/充电 69
 Apple|20W USB-C~ Anker|65W氮化镓~ 三口 华为|超级快充~ 66W 小米|120W~ 套装 绿联|100W~ 笔记本手机通用 倍思|车载~ 双口
powerbank 充电宝 数码/充电 99 大容量移动电源，可上飞机
 小米|20000mAh~ 22.5W Anker|磁吸~ 5000mAh 罗马仕|大容量~ 30000毫安 倍思|10000mAh超薄~ 绿联|自带线~ 20000mAh 华为|12000mAh~ 66W
thermos 保温杯 家居/杯具 79 不锈钢真空保温，可泡绿茶
 膳魔师|500ml不锈钢~ 虎牌|350ml轻量~ 粉色 象印|480毫升~ 黑色 富光|大容量1000ml~ 户外 乐扣乐扣|儿童吸管~ 400ml 小米|智能测温~ 500 ml
glasscup 玻璃杯 家居/杯具 19
 宜家|耐热~ 6只装 乐扣乐扣|双层~ 300ml 富光|带盖~ 男 希诺|高硼硅~ 450ml Luminarc|威士忌~ 套装 青苹果|牛奶早餐~
mug 马克杯 家居/杯具 35
 星巴克|陶瓷~ 经典logo 迪士尼|米奇~ 情侣 MUJI|白色骨瓷~ 宜家|大号~ 蓝色 故宫文创|祥云~ 红色 Keith|纯钛~ 300ml
scarf 围巾 服饰/配饰 159 柔软保暖，可搭配羽绒服和风衣
 恒源祥|羊毛~ 女 红色 鄂尔多斯|山羊绒~ 男士灰色 Burberry|经典格纹~ 南极人|加厚针织~ 黑色 优衣库|HEATTECH~ 藏青 上海故事|仿羊绒~ 披肩 米色
towel 毛巾 家居/毛巾 15 全棉吸水，洗脸洗澡
 洁丽雅|纯棉~ 3条装 网易严选|阿瓦提长绒棉~ 竹之锦|竹纤维~ 灰色 迪卡侬|运动速干~ 孚日|酒店加厚~ 白色 三利|儿童卡通~
silkscarf 丝巾 服饰/配饰 99
 上海故事|真丝~ 小方巾 万事利|桑蚕丝~ 长款 Hermes|印花~ 90cm 宝石蝶|杭州丝绸~ 红色 烟花烫|文艺刺绣~ 苏小梅|苏绣~ 礼盒
handbag 手提包 箱包/女包 399
 Coach|女士真皮~ 大容量 蔻驰|托特~ 棕色 迪桑娜|头层牛皮~ 红色 小CK|通勤~ 黑色 Longchamp|饺子~ 折叠 七匹狼|男士商务~ 公文
backpack 双肩包 箱包/双肩包 199 可放15.6英寸笔记本电脑
 小米|都市~ 深灰 JanSport|学生~ 黑色 迪卡侬|户外徒步~ 20L 新秀丽|商务电脑~ 防水 北极狐|Kanken~ 16升 不莱玫|女士轻便~
wallet 钱包 箱包/钱包 129
 七匹狼|男士真皮~ 短款 Coach|女士长款~ 迪桑娜|小巧零~ 卡包 金利来|牛皮~ 礼盒 CK|黑色男士~ Bellroy|超薄~ 防盗刷
toothbrush 电动牙刷 个护/口腔 149
 飞利浦|声波~ 粉色 欧乐B|3D旋转~ P4000 小米|米家~ T500 usmile|Y1S~ 情侣 舒客|学生党~ 白色 松下|便携~ 旅行
downjacket 羽绒服 服饰/外套 599 90%白鸭绒，可机洗
 波司登|男士长款~ 黑色 优衣库|女士轻薄~ 米色 鸭鸭|儿童连帽~ 红色 The_North_Face|男女同款~ 1996 高梵|女士中长~ 白色 加拿大鹅|男款派克~
trenchcoat 风衣 服饰/外套 459 春秋通勤，可配围巾和连衣裙
 Burberry|女士经典卡其色~ ZARA|女士双排扣~ 优衣库|男士中长款~ 海澜之家|男士商务~ 黑色 太平鸟|女士宽松~ 蓝色 雅戈尔|男士防风~
dress 连衣裙 服饰/裙装 199 法式气质，通勤约会
 ZARA|女士碎花~ 夏季 ONLY|红色吊带~ 太平鸟|黑色小香风~ 优衣库|亚麻~ 白色 歌莉娅|真丝~ 绿色 Vero_Moda|针织~ 秋冬
jeans 牛仔裤 服饰/裤装 229
 Levi's|501男士直筒~ 李维斯|女士高腰~ 浅蓝 Lee|男士修身~ 黑色 优衣库|女士阔腿~ ZARA|破洞~ 男 森马|加绒~ 男士
shirt 衬衫 服饰/上装 149
 雅戈尔|男士免烫白~ 优衣库|牛津纺~ 男 蓝色 海澜之家|短袖~ 男 格子 ZARA|女士缎面~ G2000|商务长袖~ 女 伊芙丽|雪纺~ 米白
sweater 毛衣 服饰/上装 189
 鄂尔多斯|羊绒~ 女 高领 恒源祥|男士羊毛~ 圆领 优衣库|美利奴~ 男 太平鸟|女士宽松~ 彩虹 ZARA|粗针~ 白色 南极人|加绒~ 男 保暖
headphones 耳机 数码/影音 299 主动降噪，佩戴舒适
 Sony|WH-1000XM5头戴式降噪~ Bose|QC45无线~ 黑色 Apple|AirPods Pro蓝牙~ 华为|FreeBuds5半入耳~ 小米|骨传导运动~ 漫步者|W820NB蓝牙~
speaker 蓝牙音箱 数码/影音 199 低音震撼，支持连接耳机
 JBL|Flip6防水~ Bose|SoundLink便携~ 小米|小爱智能~ 华为|Sound X~ 漫步者|复古木质~ Sony|SRS-XB13户外~
keyboard 键盘 数码/电脑外设 159
 罗技|MX Keys无线~ 雷蛇|黑寡妇机械~ 绿轴 Cherry|MX3.0S机械~ 红轴 达尔优|87键游戏~ 小米|无线键鼠套装~ 京东京造|K2蓝牙~
mouse 鼠标 数码/电脑外设 89
 罗技|M720蓝牙~ 雷蛇|毒蝰V3游戏~ 微软|Surface便携~ 小米|静音无线~ 罗技|G502有线游戏~ 苹果|妙控~ 白色
desklamp 台灯 家居/灯具 129
 飞利浦|护眼学习~ 小米|米家智能~ 1S 松下|国AA级~ 儿童 宜家|北欧复古~ 欧普|LED折叠~ 得力|充电宿舍~
pan 不粘锅 厨房/锅具 149
 苏泊尔|28cm麦饭石~ 特福|红点~ 26cm 爱仕达|30cm炒菜~ 双立人|不锈钢~ 康巴赫|蜂窝~ 32cm 美的|平底~ 电磁炉通用
ricecooker 电饭煲 厨房/小家电 259
 美的|4L智能~ 苏泊尔|球釜~ 5升 松下|IH~ 3L 小米|米家~ 1.6L 象印|压力~ 日本原装 九阳|不粘内胆~ 4升
kettle 电热水壶 厨房/小家电 79
 美的|1.7L不锈钢~ 苏泊尔|双层防烫~ 1.5升 小米|恒温~ Pro 飞利浦|1.7L家用~ 九阳|玻璃养生~ 格兰仕|快速~ 1800W
sofa 沙发 家具/客厅 1599
 林氏|布艺~ 三人位 灰色 宜家|爱克托~ 双人 芝华仕|真皮头等舱~ 顾家|科技布~ L型 全友|小户型~ 懒人 源氏木语|实木~
officechair 办公椅 家具/书房 399
 西昊|人体工学~ M57 宜家|马库斯~ 黑色 永艺|网布~ 护腰 黑白调|P2~ 可躺 网易严选|透气~ 灰 Herman_Miller|Aeron~
mattress 床垫 家具/卧室 999
 喜临门|乳胶弹簧~ 1.8米 慕思|3D~ 1.5m 雅兰|深睡~ 20cm厚 宜家|汉尼斯~ 8H|天然乳胶~ M3 梦百合|记忆棉~ 零压
shampoo 洗发水 个护/洗护 49
 海飞丝|去屑~ 750ml 潘婷|三分钟修护~ 500g 清扬|男士薄荷~ 欧莱雅|玻尿酸~ 700ml 吕|红吕防脱~ 400ml 霸王|生姜~ 1L
bodywash 沐浴露 个护/洗护 39
 多芬|滋养~ 1kg 力士|幽莲魅肤~ 舒肤佳|柠檬~ 720ml 六神|清凉~ 男女 欧舒丹|樱花~ 250ml 强生|婴儿~ 牛奶
cream 面霜 美妆/护肤 189
 兰蔻|塑颜~ 50ml 欧莱雅|复颜抗皱~ 百雀羚|水嫩保湿~ 50g 雅诗兰黛|智妍~ 玉兰油|大红瓶~ 妮维雅|男士保湿~
sunscreen 防晒霜 美妆/防晒 129
 安热沙|小金瓶~ 60ml 资生堂|蓝胖子~ 欧莱雅|小金管~ SPF50+ 理肤泉|大哥大~ 敏感肌 曼秀雷敦|儿童~ 妮维雅|水感~ 50ml
coffeemachine 咖啡机 厨房/小家电 899 意式浓缩，自动打奶泡，附赠咖啡豆
 德龙|全自动~ ECAM22 雀巢|胶囊~ Inissia 飞利浦|意式~ EP2124 小米|米家意式~ 摩飞|便携~ Breville|半自动~ 870
coffeebeans 咖啡豆 食品/咖啡 69 深度烘焙，适合咖啡机和手冲
 星巴克|派克市场~ 250g illy|中度烘焙~ 罐装 Lavazza|意式拼配~ 1kg 隅田川|云南~ 500克 瑞幸|精品~ 250克 三顿半|蓝山风味~
greentea 绿茶 食品/茶叶 88
 西湖|龙井~ 明前特级 250g 八马|信阳毛尖~ 礼盒 艺福堂|碧螺春~ 100克 天福茗茶|黄山毛峰~ 竹叶青|峨眉高山~ 谢裕大|太平猴魁~
bicycle 自行车 运动/骑行 899
 捷安特|山地~ 27速 美利达|公路~ 碳纤维 永久|复古通勤~ 女 凤凰|儿童~ 16寸 大行|折叠~ P8 喜德盛|变速~ 26寸
yogamat 瑜伽垫 运动/健身 69
 Lululemon|天然橡胶~ 5mm 迪卡侬|入门~ 8mm Keep|TPE双色~ 加宽 李宁|健身~ 女 紫色 哈他|防滑~ 185x68cm 奥义|加厚~ 15mm 初学者
tent 帐篷 户外/露营 359
 牧高笛|冷山2双人~ 迪卡侬|速开~ 4人 骆驼|户外全自动~ 挪客|云尚超轻~ Coleman|露营~ 防暴雨 探险者|便携遮阳~
catfood 猫粮 宠物/猫 99
 皇家|室内成~ 2kg 渴望|六种鱼~ 5.4kg 网易严选|全价~ 冻干 麦富迪|幼~ 鸡肉 冠能|三文鱼成~ 伟嘉|海洋鱼味~ 10kg
dogfood 狗粮 宠物/狗 109
 皇家|小型犬成~ 3kg 渴望|红肉~ 11.4kg 麦富迪|牛肉双拼~ 冠能|幼~ 全犬种 比瑞吉|泰迪专用~ 疯狂小狗|通用型~ 10kg
blocks 积木 玩具/拼搭 199
 LEGO|乐高城市系列~ 60337 乐高|得宝大颗粒~ 10913 布鲁可|变形~ 儿童 小米|工程吊车~ 铭塔|木质~ 100粒 森宝|航母~ 1:350
plush 毛绒玩具 玩具/公仔 79
 迪士尼|草莓熊~ 60cm Jellycat|邦尼兔~ 宜家|鲨鱼~ 100cm 名创优品|三丽鸥~ 玲娜贝儿|小狐狸~ 正版 蓝白玩偶|熊猫~ 北京
`
  .trim()
  .split("\n");

/** Two lines each: what all six share, and the six, parted before each brand. */
const kinds: readonly Kind[] = Array.from({ length: rows.length / 2 }, (_, i) => {
  const [id, noun, path, price, description] = rows[2 * i]!.split(" ");
  return {
    id: id!,
    noun: noun!,
    category: path!.split("/"),
    price: Number(price),
    ...(description === undefined ? {} : { description }),
    items: rows[2 * i + 1]!.trim().split(/ (?=[^ |]+\|)/),
  };
});

/** Ids are `kind-1` to `kind-6`, in the order of the table. */
export const chineseCatalogue: readonly EventInput[] = kinds.flatMap(
  ({ id, noun, category, price, description, items }) =>
    items.map((written, i) => {
      const [given, rest] = written.split("|");
      const brand = given!.replaceAll("_", " ");
      return {
        type: "item",
        item: `${id}-${i + 1}`,
        fields: {
          title: `${brand}${/\w$/.test(brand) && /^\w/.test(rest!) ? " " : ""}${rest!.replace("~", noun)}`,
          brand,
          category,
          price: price + 10 * i,
          ...(description === undefined ? {} : { description }),
        },
      };
    }),
);

/** What is asked; what must be on top, in any order: items, or kinds for all six of each; and why. Of more than six, six. */
export const chineseQueries: readonly (readonly [query: string, top: string, why: string])[] = [
  ["运动鞋", "sneaker", "a word of three characters; 运动拖鞋 is none of them"],
  ["鞋", "sneaker runner leathershoe sandal slipper", "one character, at the end of many words"],
  ["nike", "sneaker-1 runner-1 slipper-5", "a brand in Latin letters, right before Chinese"],
  ["NIKE运动鞋", "sneaker-1", "Latin and Chinese without a space, in capitals"],
  ["ｎｉｋｅ　跑步鞋", "runner-1", "full-width letters and space"],
  ["nkie 运动鞋", "sneaker-1", "a misspelt brand beside a Chinese word"],
  ["女士跑步鞋", "runner-1", "what is for women"],
  ["围巾", "scarf", "before the coats whose description names it"],
  ["红色围巾", "scarf-1", "colour and kind, apart in the title"],
  ["红色的围巾", "scarf-1", "的 says nothing"],
  ["围巾 红色", "scarf-1", "in the other order"],
  ["羊绒围巾", "scarf-2 scarf-6", "at two places of the title"],
  ["巾", "scarf towel silkscarf", "one character, three kinds"],
  ["保温杯", "thermos", "no other cup"],
  ["保温杯500ml", "thermos-1 thermos-6", "a size behind the word, with and without a space in titles"],
  ["500毫升保温杯", "thermos-1 thermos-6", "the unit in Chinese"],
  ["20000毫安充电宝", "powerbank-1 powerbank-5", "the same for mAh"],
  ["小米充电宝", "powerbank-1", "a Chinese brand"],
  ["充电器", "charger", "before the cases whose description names it, and without 充电宝"],
  ["手机壳", "phonecase", "and no 手机支架"],
  ["iphone15手机壳", "phonecase-1 phonecase-2", "a model, written in two ways"],
  ["iPhone 15 手机壳", "phonecase-1 phonecase-2", "the same with spaces"],
  ["华为手机壳", "phonecase-3", "for a brand that is another's"],
  ["s24+", "phonecase-5", "a model that ends in a sign"],
  ["wh1000xm5", "headphones-1", "a model without its hyphen"],
  ["WH-1000XM5耳机", "headphones-1", "the model with it, and the kind"],
  ["蓝牙耳机", "headphones-3 headphones-6", "not the 蓝牙音箱 whose description names 耳机"],
  ["机械键盘", "keyboard-2 keyboard-3", "an attribute and a kind as one run"],
  ["罗技鼠标", "mouse-1 mouse-5", "brand and kind, apart in the title"],
  ["真皮手提包", "handbag-1", "material and kind"],
  ["牙刷", "toothbrush", "the end of a longer word"],
  ["羽绒服", "downjacket", "before the scarves that go with it"],
  ["the north face羽绒服", "downjacket-4", "a brand of three words, one of them a stop word elsewhere"],
  ["太平鸟连衣裙", "dress-3", "a brand of three characters"],
  ["levis牛仔裤", "jeans-1", "a brand without its apostrophe"],
  ["美的电饭煲", "ricecooker-1", "a brand that ends in 的"],
  ["咖啡机", "coffeemachine", "and no 咖啡豆 before them"],
  ["幼猫粮", "catfood-4", "one character before a word of two"],
  ["乐高积木", "blocks-1 blocks-2", "the brand in Chinese, in a title with it in Latin too"],
  ["185 x 68 瑜伽垫", "yogamat-5", "measures with spaces"],
];
