"""Words that pages of any site put around their articles, in the languages that readers are likely to keep.

These support the structure that `clutter` reads; none names a topic. A label is a whole short line, a notice a
phrase inside sentences. All are matched in lower case, and every expression is bounded, so matching is linear.
"""

from __future__ import annotations

import re

# The commonest words of some thirty languages: running text is full of them, menus are not.
STOP_WORDS = frozenset(
    """
    a an and are as at be been but by for from had has have he her his i if in is it its not of on or our she so
    than that the their them there they this to us was we were what when where which who will with would you
    your said der die das und ist den dem des ein eine einen von zu mit sich auf für im nicht auch als es werden
    aus er hat dass sie nach bei um wird war sind noch wie einer über le la les de du et est un une en que qui
    dans pour pas sur au par il elle sont avec plus ce cette aux ont ne se mais été el los las y del por con
    para al lo como más su sus fue ha pero esta este entre o os e da do em uma dos no na não com ao foi à pelo
    pela são ou gli di che è per non della dei delle si nel alla anche sono ma het van dat niet op te zijn voor
    met aan ook maar om naar door och att det som på är av för till har ett jag ikke til af ja ei että oli mutta
    hän kun w z że nie jest przez oraz od ale dla v je s és hogy nem az egy în cu pe care nu din ve bir bu için
    ile olan olarak çok daha и в не на что с по как это из за от он для к то его но у же была было были та що до
    як які року και το να του η της με για που στο είναι من في على أن إلى ان التي الذي هذا عن مع كان لم ما هذه
    بعد و که از به در این را با است برای آن می های של את על לא כי גם הוא זה עם के में की है और से को का पर ने एक
    कि yang dan itu dengan untuk tidak dari dalam pada ini adalah của và là có trong được cho không một các
    """.split()
)

# Whole lines. Each row is one or more alternatives of a regular expression.
_NAVIGATION = """
    home|main menu|site (?:map|navigation|search)|search this site|skip to .{1,40}|jump to .{1,20}|breadcrumbs?
    (?:open|close|show|hide|toggle)(?: the)?(?: (?:menu|search|navigation|sidebar|main menu|submenu))+
    back(?: to (?:top|home|the top|main))|top of page|(?:next|previous) (?:article|post|story|page)|load more.{0,20}
    (?:show|see|view|read|explore) (?:more|less|all)(?: .{1,30})?|view (?:profile|gallery|image|vendor details).{0,10}
    sign (?:in|up|out)(?: .{0,30})?|log ?(?:in|out)(?: .{0,30})?|register now|my (?:account|profile)
    subscribe(?: now| today| to .{1,40})?|create (?:an )?account|forgot(?:ten)? (?:your )?(?:password|details).{0,5}
    remember me|loading.{0,20}|please wait.{0,10}|sort by.{0,20}|exit (?:mobile version|full ?screen)
    view (?:desktop|mobile|full) (?:version|site)|arrow_(?:back|forward)|text size|font size
"""
_SHARING = """
    share(?: (?:this|on|via|to|by|with|article|story|post|page|options?|link|full article|using)(?: .{0,50})?)
    tweet this|pin it|e-?mail (?:this|article|to a friend).{0,20}|print (?:this )?(?:page|article|story)
    copy (?:link|url)|link copied.{0,20}|rss(?: feed)?|save (?:this|for later|article|story)
    (?:gift|send)(?: this)? article
    (?:like|follow) us(?: on .{1,40})?|follow on .{1,20}|connect with us|stay connected|listen to this .{1,20}
    send to a friend
"""
_SELLING = """
    advertisement.{0,40}|advert|ads by .{1,20}|sponsored(?: (?:content|links|by.{1,20}))?|promoted content
    (?:article|story) continues below.{0,30}|(?:continue reading|scroll (?:down )?to continue).{0,30}
    (?:accept|reject|allow|manage) (?:all|cookies|preferences|settings|choices|options)(?: .{1,20})?|confirm my choices
    always active|cookie (?:settings|policy|preferences|list|notice)|privacy (?:policy|settings|notice|cent(?:er|re))
    terms (?:of|and|&) (?:use|service|conditions|sale)|contact us|about us|advertise with us
    help (?:center|centre)|accessibility statement|do not sell .{1,60}
"""
_OTHER_ARTICLES = """
    related (?:articles?|stories|content|topics?|posts?|news|links?|coverage|videos?|items|reading|tags)
    related to this .{1,20}|read (?:more|next|also|on)(?::.{0,150})?|also read(?::.{0,150})?|see also:?
    more (?:on|from|in|about|like) .{1,60}|more (?:news|stories|articles|coverage)|trending(?: now| topics| news)?
    most (?:read|popular|viewed|shared|recent|watched|commented).{0,30}|popular (?:now|posts|stories|articles|news)
    latest (?:news|stories|articles|posts|headlines|videos)|top (?:stories|news|articles|headlines)
    recommended(?: (?:for you|stories|reading|by.{0,20}))?|you (?:may|might) (?:also )?(?:like|be interested in).{0,30}
    editors?['’]?s? picks?|don['’]?t miss.{0,20}|what to read next|up next|around the web|from (?:around )?the web
    (?:\\d+ |no |post a |leave a |view |show |add (?:a )?|join the |all )(?:comments?|reply|replies|discussion)
    comments?(?: \\(?\\d+\\)?)?|comments? (?:are )?(?:closed|off|disabled).{0,20}|be the first to comment.{0,10}
    share your thoughts.{0,20}|got a tip.{0,20}|filed under:?|image \\d+|(?:image|photo|slide|picture) \\d+ of \\d+
"""
_PLAYERS = """
    (?:font|background|window|text|captions?) (?:family|colou?r|size|opacity|style)(?: .{1,20})?
    character edge style.{0,20}
    (?:captions?|subtitles?|descriptions?|quality|language|audio)(?: track)? (?:options|settings)(?: .{1,40})?
    (?:captions?|subtitles?|descriptions?|quality|language|audio) (?:off|unavailable|automatic)(?: .{1,40})?
    playing on|unmute|stream type live|(?:current|duration|remaining) time.{0,12}|playback rate|watch in vr.{0,12}
    (?:beginning|end) of dialog window.{0,80}|this is a modal window.{0,120}|caption settings dialog|play video
    \\d\\d?:\\d\\d ?/ ?\\d\\d?:\\d\\d
"""
_ELSEWHERE = """
    startseite|suchen|anmelden|abmelden|registrieren|teilen|drucken|weiterlesen|mehr (?:zum thema|lesen|anzeigen)
    lesen sie auch.{0,100}|anzeige|datenschutz|impressum|nach oben|alle rechte vorbehalten
    accueil|rechercher|se connecter|s['’]inscrire|s['’]abonner|partager(?: .{1,30})?|imprimer
    (?:lire|à lire) (?:aussi|la suite).{0,100}|publicité|mentions légales|confidentialité|tout (?:accepter|refuser)
    iniciar sesión|regístrate|registrarse|suscríbete|compartir(?: .{1,30})?|(?:leer|lea) (?:más|también).{0,100}
    te puede interesar.{0,20}|publicidad|aviso legal|política de privacidad|síguenos.{0,30}|más (?:noticias|leídas)
    (?:temas|noticias) relacionad[ao]s|aceptar(?: todo| cookies)|rechazar todo
    pesquisar|assine.{0,20}|compartilhar.{0,20}|partilhar.{0,20}|leia (?:mais|também).{0,100}|publicidade
    veja também.{0,100}|siga-nos.{0,20}|mais lidas|accedi|abbonati|condividi(?: .{1,30})?|leggi anche.{0,100}
    pubblicità|seguici.{0,20}|zoeken|inloggen|delen(?: .{1,20})?|lees (?:ook|meer|verder).{0,100}|advertentie
    szukaj|zaloguj.{0,10}|udostępnij|czytaj (?:też|także|więcej).{0,100}|reklama|главная|войти|регистрация
    поделиться.{0,20}|читайте также.{0,100}|читать далее.{0,20}|реклама|ana sayfa|giriş yap|paylaş|ilgili haberler
    الرئيسية|تسجيل الدخول|مشاركة|شارك|اقرأ أيضا.{0,100}|اقرأ المزيد|إعلان
    首页|登录|注册|分享|广告|相关(?:新闻|文章|阅读)|ホーム|ログイン|シェア|関連記事|スポンサードリンク|回到顶部
"""
# Words that may be an article's own ("No."): a label only where the whole line is a link.
_AMBIGUOUS = """
    menu|navigation|close|back|next|previous|prev|more|less|expand|collapse|subscribe|account|settings|edition|submit
    search|shares|careers|advertising|advertise|terms|faqs?|imprint|accessibility|newsletters?|username|password
    register|cancel|apply|clear|ok|go|yes|no|filter|share|tweet|pin|e-?mail|print|copy|facebook|twitter|x|linkedin
    pinterest|reddit|whatsapp|telegram|tumblr|instagram|youtube|flipboard|messenger|google ?(?:plus
    \\+)|mail|bookmark|save|saved
    bluesky|threads|tiktok|snapchat|send|like|follow|listen|ad|privacy|help|jobs|about|contact|related|topics?|tags?
    categor(?:y|ies)|videos?|photos?|gallery|play|watch|live|mute|fullscreen|quality|speed|subtitles|captions|default
    menü|suche|kontakt|kommentare|recherche|commentaires|inicio|buscar|comentarios|contacto|início|entrar|comentários
    cerca|stampa|commenti|aanmelden|reacties|komentarze|поиск|вход|комментарии|ara|yorumlar|بحث|التعليقات
    评论|検索|コメント
"""


def _whole_lines(*rows: str) -> re.Pattern[str]:
    alternatives = "|".join(line.strip() for row in rows for line in row.split("\n") if line.strip())
    return re.compile(rf"[\W_]*(?:{alternatives})[\W_]*", re.I)


_LABEL = _whole_lines(_NAVIGATION, _SHARING, _SELLING, _OTHER_ARTICLES, _PLAYERS, _ELSEWHERE)
_LABEL_IF_LINKED = _whole_lines(_AMBIGUOUS)
_LONGEST_LABEL = 170
# "Share Tweet Pin Email", and "Home > News > Middle East".
_SHARE_WORDS = frozenset(
    """
    share tweet pin email mail e print facebook twitter linkedin whatsapp reddit telegram pinterest copy
    link on via this article save x instagram youtube messenger flipboard bluesky threads teilen partager
    compartir
    """.split()
)
_CRUMBS = re.compile(
    r"(?:you are here:? *)?(?:home|startseite|accueil|inicio|início|главная)(?: *[>»/›→] *[^>»/›→.!?]{1,60}){1,8}$",
    re.I,
)

# Sentences that a page says about itself. Each row: a word that must be there, which is looked for first; two spaces or
# more; and the expression.
_NOTICES = tuple(
    (word.replace("_", " "), re.compile(expression, re.I))
    for word, expression in (
        line.split(maxsplit=1)
        for line in r"""
    cookie         \b(?:we|us(?:es?|ing)|our|partners|this (?:web)?site|by) [^.]{0,80}\bcookies?\b
    cookie         \bcookies? (?:policy|settings|preferences|consent|notice|declaration|are used)\b
    cookie         \bcookies? to (?:ensure|improve|give|provide|personali[sz]e|help)\b
    cookie         \bthese cookies\b|\b(?:targeting|functional|analytical|performance) cookies\b|\bform of cookies\b
    cookie         \bstrictly necessary\b.{0,20}\bcookies\b|\b(?:accept|allow|block|disable) (?:all )?cookies\b
    cookies        \bcookies\b[^.]{0,60}\b(?:experience|functionality|preferences|advertis\w+)\b
    cookies        \bcookies (?:that|which) are (?:categori[sz]ed|stored|set|placed)\b|\bnecessary cookies\b
    cookies        \bclear (?:your )?cookies\b|\bcookies details\b
    cookies        \b(?:verwende[nt]|utilis(?:e|ons)|utiliza(?:mos)?|utilizza(?:mo)?|gebruik(?:t|en)) [^.]{0,40}cookies
    your           \b(?:store|retrieve) information on your (?:browser|device)\b|\bin your inbox\b
    your           \bdelivered (?:straight |directly )?to your\b|\bwe process your data\b
    your           \byour (?:support|donations?|contributions?) (?:helps?|allows?|makes?|enables?|keeps?|means|funds?)\b
    your           \byour browser (?:does|is|doesn)\b|\bupgrade your browser\b
    consent        \bconsent id\b|\bwithdraw your consent\b|\b(?:manage|your) consent (?:choices|preferences)\b
    provider       \blearn more about this provider
    duration       \bmaximum storage duration\b
    used_to        \bused to (?:send data|detect|track|collect|identify|store)[^.]{0,80}\b(?:visitors?|users?)\b
    used_to        \bused to (?:distinguish|determine|register)[^.]{0,80}\b(?:visitors?|users?)\b
    rights         \ball rights reserved\b
    vorbehalten    \balle rechte vorbehalten\b
    réservés       \btous droits réservés\b
    reserv         \b(?:todos (?:los|os) )?(?:derechos|direitos) reservados\b|\btutti i diritti riservati\b
    защищены       все права защищены
    ©              ^\W*©[^\n]{0,200}$
    copyright      \bcopyright (?:©|\(c\)|(?:19|20)\d\d)
    wayback        \bwayback machine\b
    capture        \bcaptures?\b.{0,30}\b(?:19|20)\d\d -[ ]
    crawl          \bweb crawl(?:s|ing)? data\b|\bcontent crawled via\b
    mobile_version  \bexit mobile version\b
    sign           \bsign up\b[^.]{0,60}\b(?:newsletters?|email alerts?|mailing list|our (?:daily|weekly|free)|inbox)\b
    subscribe      \bsubscribe\b[^.]{0,60}\b(?:newsletters?|email alerts?|mailing list|our (?:daily|weekly)|inbox)\b
    subscribe      \bsubscribe\b[^.]{0,60}\b(?:notifications|youtube channel)\b
    register       \bregister\b[^.]{0,60}\b(?:newsletters?|email alerts?|mailing list|free unlimited access)\b
    newsletter     \bnewsletters?\b[^.]{0,40}\b(?:sign up|subscribe|delivered)\b
    by  \bby (?:signing up|subscribing|submitting|clicking|continuing|registering)\b[^.]{0,60}\b(?:you|agree)\b
    javascript     \b(?:enable|turn on|requires?|without) javascript\b
    javascript     \bjavascript (?:is|to be|must be|enabled|disabled)\b
    affiliate      \bmay (?:earn|receive) (?:an? )?affiliate commission\b|\baffiliate links?\b
    may_not        \bmay not be (?:published|reproduced|redistributed)\b
    recaptcha      \bprotected by recaptcha\b
    responsible    \bnot responsible for (?:the )?content of external\b
    log            \b(?:you (?:have|must|need to) (?:to )?be|please) log(?:ged)? ?in\b
    already        \balready (?:a (?:member|subscriber)|have an account|registered)\b
    follow_us      \bfollow us (?:on|@)
    facebook       \blike us on facebook\b
    click_here     \bclick here to (?:subscribe|sign up|read|download)\b
    donate         \bplease donate\b
    journalism     \bsupport (?:our|independent|quality) journalism\b
    modal          \bmodal window\b
    dialog         \bescape will cancel and close\b
    opt            \bopt[- ]?out of (?:the |our )?(?:sale|sales|use|first[- ]party|cookies)\b
    privacy        \b(?:our|the|see|read|and) privacy policy\b|\bprivacy preference\b
    personal_data  \bpersonal data\b[^.]{0,60}\b(?:consent|partners)\b
    """.splitlines()
        if line.strip()
    )
)
_WORDS_A_NOTICE = 80

_COMMENTS = _whole_lines(
    """
    (?:[1-9][\\d,.]* )?(?:comments?|responses?|replies|thoughts?)(?: (?:to|on) .{1,200})?(?: ?\\(\\d+\\))?
    (?:\\d[\\d,.]* )?(?:kommentare?|commentaires?|comentarios?|comentários?|commenti|reacties)(?: ?\\(\\d+\\))?
    (?:\\d[\\d,.]* )?(?:комментари(?:и|ев|й|я)|yorumlar?|التعليقات|评论|コメント)(?: ?\\(\\d+\\))?
    (?:leave|post|add|write) (?:a|your) (?:comment|reply)|join the (?:conversation|discussion)|reader comments?
    (?:show|view|load|discuss this story:?) ?(?:\\d+ |all )?comments
    schreiben sie einen kommentar|laisser un commentaire
    deja (?:un comentario|una respuesta)|deixe um comentário|lascia un commento|добавить комментарий
    """
)
_ARCHIVE = re.compile(r"\W*the wayback machine - https?://", re.I)
_CONSENT = _whole_lines(
    """
    (?:your )?(?:privacy|cookie|consent)s? (?:preference|setting|choice|option)s?(?: (?:center|centre|manager))?
    (?:privacy|cookie|consent) management
    manage (?:consent|cookie|privacy)s?(?: \\w+)?
    (?:we (?:value|care about)|about) your privacy|privacy (?:center|centre|manager)
    datenschutzeinstellungen|paramètres des cookies|configuración de (?:cookies|privacidad)
    """
)


def is_label(line: str, linked: bool = False) -> bool:
    """A button, menu entry or caption of the page: the whole line says nothing else; `linked`: and is a link."""
    if len(line) > _LONGEST_LABEL:
        return False
    if _LABEL.fullmatch(line) or (linked and _LABEL_IF_LINKED.fullmatch(line)):
        return True
    words = re.findall(r"[^\W_]+", line.lower())
    return (len(words) > 1 and _SHARE_WORDS.issuperset(words)) or _CRUMBS.match(line) is not None


def is_notice(text: str, words: int) -> bool:
    """Sentences of the page about itself: cookies, rights, newsletters; one in a long text is not enough."""
    lower = text.lower()
    hits = sum(1 for word, notice in _NOTICES if word in lower for _ in notice.finditer(text))
    return hits * _WORDS_A_NOTICE > words


def ends_banner(line: str) -> bool:
    """The last line of what a web archive puts above a page that it keeps."""
    return _ARCHIVE.match(line) is not None


def opens_comments(line: str) -> bool:
    """The line above readers' comments."""
    return len(line) <= 250 and _COMMENTS.fullmatch(line) is not None


def opens_consent(line: str) -> bool:
    """The line above the dialogue in which a page asks about cookies."""
    return len(line) <= 90 and _CONSENT.fullmatch(line) is not None
