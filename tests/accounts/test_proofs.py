from portal.accounts import proofs


def test_a_code_has_six_digits_and_a_token_256_bits():
    codes = {proofs.new_code() for _ in range(500)}

    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(codes) > 490
    assert len(proofs.new_token()) == 43


def test_a_code_is_worth_nothing_without_the_token_of_its_request():
    one, other = proofs.new_token(), proofs.new_token()

    assert proofs.code_digest("123456", token=one) == proofs.code_digest("123456", token=one)
    assert proofs.code_digest("123456", token=one) != proofs.code_digest("123456", token=other)
    assert proofs.is_same("ab", "ab")
    assert not proofs.is_same("ab", "аб")


def test_a_code_may_be_typed_with_a_gap():
    assert proofs.typed_code(" 123 456") == "123456"
    assert proofs.typed_code("123-456") == "123456"
    assert proofs.typed_code("12\u00a03456") == "123456"
