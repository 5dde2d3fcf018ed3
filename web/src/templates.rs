//! Instructions to start from, one press each: the two examples of the vendor's help page, then six everyday jobs.

use qwen_edit_api::text::Text;

/// One instruction to start from.
#[derive(Debug)]
pub struct Template {
    /// Stable name, used in tests and as the DOM id.
    pub id: &'static str,
    /// What the chip says.
    pub label: Text,
    /// What is put in the instruction.
    pub prompt: Text,
    /// Pictures the instruction speaks of.
    pub pictures: usize,
}

/// All templates, in the order they are offered.
pub const TEMPLATES: &[Template] = &[
    Template {
        id: "background",
        label: Text { zh: "换背景", en: "New background" },
        prompt: Text {
            zh: "把背景换成清晨的海边，晨光柔和，人物的姿势、表情和衣服都不变。",
            en: "Change the background to a beach at sunrise with soft light. Keep the person's pose, expression and clothes as they are.",
        },
        pictures: 1,
    },
    Template {
        id: "remove",
        label: Text { zh: "去掉东西", en: "Remove" },
        prompt: Text {
            zh: "去掉画面里多余的路人和杂物，补好被挡住的地方，其他都不变。",
            en: "Remove the bystanders and clutter, fill in what was behind them, and leave everything else unchanged.",
        },
        pictures: 1,
    },
    Template {
        id: "add",
        label: Text { zh: "加东西", en: "Add" },
        prompt: Text {
            zh: "在桌上加一杯冒着热气的咖啡，光线和影子与画面一致。",
            en: "Add a steaming cup of coffee on the table, with light and shadow that match the picture.",
        },
        pictures: 1,
    },
    Template {
        id: "words",
        label: Text { zh: "改文字", en: "Change words" },
        prompt: Text {
            zh: "把招牌上的文字改成“今日营业”，字体、颜色和透视保持原样。",
            en: "Change the words on the sign to “Open today”. Keep the typeface, colour and perspective.",
        },
        pictures: 1,
    },
    Template {
        id: "style",
        label: Text { zh: "换风格", en: "New style" },
        prompt: Text {
            zh: "改成水彩画风格，留白干净，笔触轻柔，构图和主体不变。",
            en: "Turn it into a watercolour with clean white space and gentle strokes. Keep the composition and the subject.",
        },
        pictures: 1,
    },
    Template {
        id: "combine",
        label: Text { zh: "多图合成", en: "Combine two" },
        prompt: Text {
            zh: "让图1里的人手里端着图2的东西，自然合成一张照片，保持人物的样子不变。",
            en: "Let the person in Image 1 hold the thing in Image 2. Make it one natural photo and keep the person's looks.",
        },
        pictures: 2,
    },
    // Below: the two examples of the help page; the Chinese is the vendor's own text, the English our translation.
    Template {
        id: "poem",
        label: Text { zh: "题一首诗", en: "Write a poem" },
        prompt: Text {
            zh: "在画面右下角石板路旁、靠近树干根部的位置,以浅灰墨色手写体题写一首七言绝句,字体为行楷风格,笔触自然流畅、略带飞白,大小适中(约占画面高度1/10),与整体水墨淡雅氛围协调。诗文内容为:“青石桥畔柳风轻, 素手拈花闭目听。 一水碧痕浮旧梦, 半篙烟雨入空舲。”诗句横向排列,四句分两行书写(前两句一行,后两句一行),末句“舲”字右下角钤一枚朱红小印,印文为“江南”二字篆书,尺寸约等于单字高度的1/3。",
            en: "In the lower right, beside the stone path near the foot of the tree, write a Chinese seven-character quatrain by hand in light grey ink: a natural running script with a little dry-brush texture, about a tenth of the picture's height, in keeping with the quiet ink-wash mood. The poem reads: “青石桥畔柳风轻, 素手拈花闭目听。 一水碧痕浮旧梦, 半篙烟雨入空舲。” Set it in two horizontal lines of two verses each, and put a small vermilion seal with the characters “江南” in seal script at the lower right of the last character, about a third of a character high.",
        },
        pictures: 1,
    },
    Template {
        id: "city-characters",
        label: Text { zh: "卡通上街", en: "Characters in town" },
        prompt: Text {
            zh: "使用图一的城市照片作为底图。请勿更改照片中的真实建筑、街道、车辆或人物。保持照片的真实性。三个图二中的卡通形象在建筑物周围,一个趴在建筑物上方,一个从建筑物的右边探出头来,一个坐在建筑物前的空地上。该形象应采用扁平化的图形风格绘制,轮廓清晰,类似于壁画或海报插图。",
            en: "Use the city photo in Image 1 as the base. Do not change its real buildings, streets, vehicles or people; keep the photo real. Place three of the cartoon character from Image 2 around the building: one lying on top of it, one peeking out from its right side, one sitting on the open ground in front of it. Draw the character in a flat graphic style with clear outlines, like a mural or a poster illustration.",
        },
        pictures: 2,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_two_source_examples_and_six_more() {
        let ids: BTreeSet<_> = TEMPLATES.iter().map(|template| template.id).collect();
        assert_eq!(ids.len(), 8, "ids are unique");
        assert!(ids.contains("poem") && ids.contains("city-characters"));
    }

    #[test]
    fn the_source_examples_are_word_for_word() {
        let source = include_str!("../tests/source-examples.zh.txt");
        for id in ["poem", "city-characters"] {
            let template = TEMPLATES.iter().find(|template| template.id == id).unwrap();
            assert!(source.lines().any(|line| line == template.prompt.zh), "{id} differs from the help page");
        }
    }
}
