"""The passwords that are tried first: the most common ones of eight characters or more in published leaks.

Not a strength meter. ASVS 5.0 6.2.4 asks that a list is checked; shorter entries are refused by length already.
"""

COMMON_PASSWORDS = frozenset(
    """
    123456789 12345678 1234567890 password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword
    qwerty123 qwerty12 qwerty1234 qwertyui qwertyuiop 1q2w3e4r 1q2w3e4r5t 1qaz2wsx qazwsxedc zaq12wsx zaq1zaq1
    q1w2e3r4 q1w2e3r4t5 asdfghjk asdfghjkl asdf1234 zxcvbnm1 zxcvbnm123 1qazxsw2 qwer1234 abcd1234 abc12345 abc123456
    a1234567 a12345678 a123456789 aa123456 aa12345678 iloveyou iloveyou1 iloveyou2 sunshine sunshine1 princess princess1
    football football1 baseball baseball1 basketball superman superman1 batman123 starwars trustno1 whatever welcome1
    welcome123 letmein1 letmein123 monkey123 dragon123 shadow123 master123 michael1 charlie1 jennifer jessica1 ashley123
    michelle danielle jonathan computer internet samantha benjamin victoria liverpool chelsea1 arsenal1 barcelona
    11111111 111111111 1111111111 00000000 000000000 88888888 99999999 12341234 11223344 112233445566 12121212 87654321
    987654321 9876543210 0987654321 0123456789 123123123 123321123 147258369 123654789 789456123 1234qwer 123qweasd
    123456abc 12345678a 123456789a 1234abcd admin123 admin1234 administrator changeme changeme1 changeme123 default1
    secret123 access14 login123 test1234 testtest guest123 user1234 root1234 temp1234 demo1234 pokemon1 minecraft
    freedom1 whatever1 hello123 hello1234 lovelove lovely123 butterfly chocolate cookie123 blink182 midnight nothing1
    """.split()  # noqa: SIM905 - one name a line would be two hundred lines
)
