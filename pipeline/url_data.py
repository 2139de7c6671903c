"""What in an address says how a reader came, not what is read. All names lower case.

Collected from the documentation of the tools that add them and from addresses seen in feeds and on pages.
Names that often carry an article's identity (``id``, ``p``, ``story``, ``cid``, ``sid`` …) are left alone
unless their value gives them away.
"""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: a parameter whose name begins so is tracking
TRACKING_PREFIXES = (
    "utm_",  # Google Analytics and everyone after it
    "utm-",
    "mtm_",  # Matomo
    "matomo_",
    "pk_",
    "piwik_",
    "hsa_",  # HubSpot
    "_hs",
    "at_campaign",  # AT Internet / Piano
    "at_custom",
    "at_link",
    "at_medium",
    "at_ptr",
    "at_source",
    "at_bbc_",
    "ns_campaign",  # Comscore
    "ns_fee",
    "ns_linkname",
    "ns_mchannel",
    "ns_source",
    "wt.",  # Webtrends
    "wt_",
    "ga_",
    "fb_",
    "__cft__",
    "__xts__",
    "itm_",
    "elqtrack",  # Eloqua
    "oly_",  # Omeda
    "vero_",
    "bsft_",  # Blueshift
    "_branch_",
    "guce_",  # Yahoo
    "lmd_",
    "sara_",
    "sc_c",  # sc_cid, sc_campaign, sc_channel
    "trk_",
    "asgtbndr",
    "aspsessionid",
)

#: a parameter of this name is tracking, whatever its value
TRACKING_NAMES = (
    # click ids of advertisers and networks
    _set(
        """
        fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid msclkid twclid ttclid yclid ysclid
        ymclid yadclid yadordid li_fat_id igshid igsh epik srsltid rdt_cid irclickid irgwc zanpid awc
        s_kwcid ef_id tblci obclid dicbo oborigurl clickid _openstat ranmid raneaid ransiteid wickedid mkwid
        pcrid cvosrc mibextid sfnsn __tn__ __twitter_impression twitter_impression tw_i tw_p hootpostid
        """
    )
    # newsletters
    | _set(
        """
        mc_cid mc_eid mkt_tok ml_subscriber ml_subscriber_hash ck_subscriber_id recip_id hsctatracking emci
        emdi nltr cndid bxid esrc email_hash _esuh newsletter_id
        """
    )
    # analytics and sharing
    | _set(
        """
        _ga _gl _gac _gid gi icid intcid int_campaign int_cmp intcmp dcmp cmp cmpid cmp_id cmpnid campid
        xtor xtref xtmc xtcr s_cid n_cid ncid ocid soc_src soc_trk guccounter ftcamp segmentid itid wpisrc
        wpmm taid feedtype feedname srnd leadsource traffic_source ito smid smtyp smprod ssm iref reflink
        sharetype sharetoken share_source share_token share_app_id share_from ref_src ref_url ref_
        referringsource referral_source ss_source ss_campaign_id tpcc wprov partnerid pwapi_token xing_share
        kakao_from spm scm sr_share sref mbid __source wtrid wtmc trackingid
        """
    )
    # AMP's own; WordPress's comment form
    | _set("amp_js_v amp_gsa amp_lite usqp aoh amp _amp amptf replytocom")
    # server sessions
    | _set("phpsessid jsessionid sessionid session_id sessid cfid cftoken zenid oscsid")
)

#: dropped with exactly this value: WordPress's share counter, WeChat's share
NOISE_PAIRS = frozenset({("nb", "1"), ("isappinstalled", "0")})

#: dropped where the value names a channel (``CHANNELS``): ``?source=rss``, ``?share=facebook``
CHANNEL_NAMES = _set(
    "source src from via medium campaign share feature origin partner mod referral utm emc mcid nl"
)
#: dropped where the value is a word or a host name rather than a number
REFERRER_NAMES = _set("ref referrer referer refer referrerid")

#: values of ``CHANNEL_NAMES``, letters only; anything beginning with ``rss`` counts too
CHANNELS = _set(
    """
    rss feed feeds atom xml twitter tw x facebook fb instagram ig insta telegram tg whatsapp wa viber vk
    vkontakte ok odnoklassniki linkedin reddit pinterest youtube tiktok threads mastodon bluesky email mail
    newsletter push pushnotification share social socialmedia sharebutton copylink clipboard permalinkcopy
    jetpackwhatsapp jetpacktelegram jetpackmastodon jetpackbluesky jetpackthreads android ios iosapp
    androidapp app homepage frontpage googlenews gnews yandex yandexnews flipboard smartnews upday msn
    applenews singlemessage timeline groupmessage
    """
)

#: a session where the value is a long hexadecimal number, an article's number where it is not
SESSION_NAMES = _set("sid s session sess")

#: ``?outputType=amp`` and its like
AMP_NAMES = _set("outputtype output view format type mode")

MOBILE_LABELS = _set("m mobile touch wap amp")
#: below these every label is a site of its own: ``touch.wordpress.com`` is somebody's
SHARED_HOSTS = _set("blogspot.com wordpress.com substack.com github.io tumblr.com")
#: registries' second level: ``m.co.uk`` is a site, not the mobile edition of ``co.uk``
SECOND_LEVELS = _set("ac co com edu go gob gouv gov ne net or org")

#: pages that only lead on: (host without ``www.``, path) -> parameters that hold the target
WRAPPERS = {
    ("google.com", "/url"): ("url", "q"),
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("facebook.com", "/l.php"): ("u",),
    ("facebook.com", "/sharer.php"): ("u",),
    ("facebook.com", "/sharer/sharer.php"): ("u",),
    ("l.instagram.com", "/"): ("u",),
    ("vk.com", "/away.php"): ("to",),
    ("bing.com", "/news/apiclick.aspx"): ("url",),
}
